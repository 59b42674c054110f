"""SMS through SNS: Thai, counted in parts, never sent twice, and a number in no error."""

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.sns import sns_backends

from ess.adapters.sms.parts import count_parts, shorten
from ess.adapters.sms.sns import MAX_PARTS, SnsSms
from ess.domain.conversation import Prompt
from ess.domain.errors import PermanentFailure, TemporaryFailure
from ess.messages import catalogue

PHONE = "+66812345678"
OFFER = Prompt(
    "sms.offer",
    {"kind": 1, "reference": "K7P-2MX", "unit_th": "สภ.เมืองนครพนม", "unit_en": "Mueang"},
)


class Sns:
    """Answers with what it was given, one each, then takes everything."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.published = []

    def publish(self, **message):
        self.published.append(message)
        if self.answers:
            raise self.answers.pop(0)
        return {"MessageId": "1"}


def refused(code, status=400):
    response = {
        "Error": {"Code": code, "Message": f"no SMS to {PHONE}"},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(response, "Publish")


def sms(client):
    slept = []
    return SnsSms(client, "ESSHelpMe", slept.append), slept


def test_sns_takes_it_as_a_transactional_message_of_our_sender():
    with mock_aws():
        client = boto3.client("sns", region_name="ap-southeast-1")
        SnsSms(client, "ESSHelpMe").send(PHONE, OFFER)
        backend = sns_backends[DEFAULT_ACCOUNT_ID]["ap-southeast-1"]
        ((number, text),) = backend.sms_messages.values()
    assert number == PHONE
    assert "K7P-2MX" in text


def test_what_is_published():
    client = Sns()
    sms(client)[0].send(PHONE, OFFER)
    (message,) = client.published
    assert message["PhoneNumber"] == PHONE
    assert message["Message"].startswith("ESS K7P-2MX")
    assert {k: v["StringValue"] for k, v in message["MessageAttributes"].items()} == {
        "AWS.SNS.SMS.SenderID": "ESSHelpMe",
        "AWS.SNS.SMS.SMSType": "Transactional",
    }


@pytest.mark.parametrize(
    "failure",
    [
        refused("Throttled"),
        refused("ThrottlingException"),
        ConnectTimeoutError(endpoint_url="https://sns"),
    ],
)
def test_what_was_certainly_not_sent_is_tried_again(failure):
    client = Sns(failure, failure)
    sender, slept = sms(client)
    sender.send(PHONE, OFFER)
    assert (len(client.published), len(slept)) == (3, 2)
    client = Sns(failure, failure, failure)
    with pytest.raises(TemporaryFailure):
        sms(client)[0].send(PHONE, OFFER)
    assert len(client.published) == 3


@pytest.mark.parametrize(
    "failure", [refused("InternalError", 500), ReadTimeoutError(endpoint_url="https://sns")]
)
def test_what_was_perhaps_sent_is_not_tried_again(failure):
    client = Sns(failure)
    with pytest.raises(TemporaryFailure):
        sms(client)[0].send(PHONE, OFFER)
    assert len(client.published) == 1


@pytest.mark.parametrize("code", ["InvalidParameter", "OptedOut", "AuthorizationError"])
def test_a_number_refused_for_good_is_named_in_no_error(code):
    client = Sns(refused(code))
    with pytest.raises(PermanentFailure) as raised:
        sms(client)[0].send(PHONE, OFFER)
    assert len(client.published) == 1
    assert PHONE not in str(raised.value)
    assert raised.value.__suppress_context__


# --- parts ------------------------------------------------------------------------------------

THAI = "ก"
# 3GPP TS 23.038: 140 octets a part; six of them are the header of a part of several.


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("€" * 152, 2),  # 76 a part: an escape is not torn from its letter
        ("€" * 153, 3),
        (THAI * 70, 1),
        (THAI * 71, 2),
        (THAI * 134, 2),
        (THAI * 135, 3),
        ("a" * 70 + THAI, 2),
        ("🙂" * 35, 1),
        ("🙂" * 36, 2),
        ("🙂" * 66, 2),  # 33 a part: 67 units hold no half
        ("🙂" * 67, 3),
    ],
)
def test_parts(text, parts):
    assert count_parts(text) == parts


def test_a_text_that_fits_stays_and_a_longer_one_is_cut_at_its_end():
    assert shorten(THAI * 134, 2) == THAI * 134
    assert shorten(THAI * 500, 2) == THAI * 134
    assert shorten(THAI * 500, 1) == THAI * 70


@pytest.mark.parametrize("kind", [1, 2, 3, 4, 5])
def test_every_text_fits_with_the_longest_names_of_the_sample(kind):
    params = OFFER.params | {"kind": kind, "unit_th": "สถานีตำรวจภูธรศรีสงคราม"}
    assert count_parts(catalogue.text("sms.offer", "th", params)) <= MAX_PARTS
    assert count_parts(catalogue.text("sms.cancelled", "th", {"reference": "K7P-2MX"})) == 1


def test_an_endless_name_costs_two_parts():
    client = Sns()
    sms(client)[0].send(PHONE, Prompt("sms.offer", OFFER.params | {"unit_th": "ย" * 400}))
    assert count_parts(client.published[0]["Message"]) == MAX_PARTS

"""SMS through SNS: Thai, counted in parts, never sent twice, and a number in no error."""

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.sns import sns_backends

from ess.adapters.sms.parts import count_parts, shorten
from ess.adapters.sms.sns import SnsSms
from ess.adapters.sms.text import MAX_PARTS, compose
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


# --- words ------------------------------------------------------------------------------------

TOKEN = "AQ" + "x" * 53
AWS = "https://a1b2c3d4e5.execute-api.ap-southeast-1.amazonaws.com/prod/o/" + TOKEN
OWN = "https://ess.go.th/o/" + TOKEN
KINDS = [1, 2, 3, 4, 5]
LONG_NAME = "สถานีตำรวจภูธรศรีสงคราม จังหวัดนครพนม"


def offer(name="sms.offer", **more):
    return Prompt(name, OFFER.params | more)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("unit", ["สภ.เมืองนครพนม", LONG_NAME, "ย" * 400])
@pytest.mark.parametrize(("link", "parts"), [(None, 1), (OWN, 2), (AWS, 3)])
@pytest.mark.parametrize("drill", [None, True])
def test_an_offer_takes_as_few_parts_as_it_can_and_its_link_is_whole(
    kind, unit, link, parts, drill
):
    text = compose(offer(kind=kind, unit_th=unit, link=link, drill=drill))
    assert count_parts(text) <= parts + bool(drill)
    assert count_parts(text) <= MAX_PARTS
    assert "K7P-2MX" in text
    assert catalogue.load("th")[f"kind.{kind}"] in text
    assert ("[ซ้อม]" in text) is bool(drill)
    assert text.endswith(f" {link}" if link else "รับเหตุใน LINE")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("link", ["", OWN, AWS])
def test_a_call_for_help_has_its_link_once_and_whole(kind, link):
    text = compose(offer("sms.help", kind=kind, unit_th=LONG_NAME, link=link))
    assert count_parts(text) <= MAX_PARTS
    assert text.count("http") == bool(link)
    assert text.endswith(link or "LINE")


def test_an_offer_without_its_link_says_what_to_do():
    with_link, without = compose(offer(link=OWN)), compose(offer())
    assert "LINE" in without
    assert "http" not in without
    assert with_link.startswith("ESS K7P-2MX ข่มขู่ / ทำร้ายร่างกาย")
    assert "  " not in with_link + without


def test_a_name_is_told_as_far_as_the_parts_have_room():
    assert "สภ.เมืองนครพนม" in compose(offer())
    cut = compose(offer(unit_th="ย" * 400, link=AWS))
    assert "ย…" in cut
    assert count_parts(cut) == count_parts(compose(offer(unit_th="", link=AWS)))
    assert count_parts(cut.replace("ย…", "ยยย…")) > count_parts(cut)


def test_a_longer_text_gives_way_to_the_link():
    text = compose(offer(reference="ร" * 300, link=OWN))
    assert text.endswith(f" {OWN}")
    assert count_parts(text) == MAX_PARTS


def test_what_has_no_unit_and_no_link_is_sent_as_it_is():
    assert compose(Prompt("sms.cancelled", {"reference": "K7P-2MX"})) == catalogue.text(
        "sms.cancelled", "th", {"reference": "K7P-2MX"}
    )
    assert count_parts(compose(Prompt("sms.cancelled", {"reference": "K7P-2MX"}))) == 1


def test_an_endless_name_costs_no_more():
    client = Sns()
    sms(client)[0].send(PHONE, offer(unit_th="ย" * 400))
    assert count_parts(client.published[0]["Message"]) == 1

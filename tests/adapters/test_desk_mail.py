"""E-mail to the desk through SNS: Thai first, a subject that SNS takes, never sent twice by us."""

import boto3
import pytest
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.sns import sns_backends

from ess.adapters.email.sns import SnsDeskMail
from ess.domain.conversation import Prompt
from ess.domain.errors import PermanentFailure, TemporaryFailure
from ess.domain.kinds import Kind
from ess.messages import catalogue

TOPIC = "arn:aws:sns:ap-southeast-1:123456789012:desk"
KNOWN = {
    "kind": 1,
    "reference": "K7P-2MX",
    "opened_at": 1_790_000_000.0,
    "asked_th": "สภ.หนึ่ง และ สภ.สอง",
    "asked_en": "First and Second",
    "unit_th": "ศูนย์ประสานงาน ESS",
    "can_talk": True,
}
MAIL = Prompt("mail.desk", KNOWN)


class Sns:
    """Takes everything, or raises what it was given."""

    def __init__(self, failure=None):
        self.failure = failure
        self.published = []

    def publish(self, **message):
        self.published.append(message)
        if self.failure:
            raise self.failure
        return {"MessageId": "1"}


def refused(code, status=400):
    response = {
        "Error": {"Code": code, "Message": "K7P-2MX ข่มขู่"},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(response, "Publish")


def sent(prompt=MAIL):
    client = Sns()
    SnsDeskMail(client, TOPIC).send(prompt)
    (message,) = client.published
    return message


def test_sns_takes_it_for_the_desks_topic():
    with mock_aws():
        client = boto3.client("sns", region_name="ap-southeast-1")
        topic = client.create_topic(Name="desk")["TopicArn"]
        SnsDeskMail(client, topic).send(MAIL)
        ((_, text, subject, *_),) = (
            sns_backends[DEFAULT_ACCOUNT_ID]["ap-southeast-1"].topics[topic].sent_notifications
        )
    assert subject == "ESS K7P-2MX: nobody has accepted"
    assert "K7P-2MX" in text


def test_it_says_what_happened_in_thai_first_and_english_below():
    message = sent()
    assert message["TopicArn"] == TOPIC
    thai, english = message["Message"].split("\n\n")
    assert thai == catalogue.text("mail.desk.body", "th", KNOWN)
    assert english == catalogue.text("mail.desk.body", "en", KNOWN)
    assert catalogue.load("th")["kind.1"] in thai
    assert catalogue.load("en")["kind.1"] in english


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("drill", [None, True])
def test_the_subject_is_one_that_sns_takes(kind, drill):
    # ASCII, below 100 characters, no line break or control character, begins with a sign one sees.
    subject = sent(Prompt("mail.desk", KNOWN | {"kind": int(kind), "drill": drill}))["Subject"]
    assert subject.isascii()
    assert subject.isprintable()
    assert not subject[0].isspace()
    assert len(subject) < 100
    assert "K7P-2MX" in subject


def test_a_subject_that_is_too_long_or_not_ascii_is_mended_rather_than_refused():
    subject = sent(Prompt("mail.desk", KNOWN | {"reference": "ก" + "x" * 200}))["Subject"]
    assert subject.startswith("ESS ?xxx")
    assert len(subject) < 100


def test_a_drill_is_labelled_in_subject_and_in_both_languages():
    message = sent(Prompt("mail.desk", KNOWN | {"drill": True}))
    thai, english = message["Message"].split("\n\n")
    assert message["Subject"].startswith("[DRILL] ESS")
    assert thai.startswith(catalogue.load("th")["drill.label"])
    assert english.startswith(catalogue.load("en")["drill.label"])
    assert "DRILL" not in sent()["Subject"]
    assert catalogue.load("th")["drill.label"].strip() not in sent()["Message"]


def test_neither_number_nor_pin_goes_into_a_mail():
    params = KNOWN | {"phone": "+66812345678", "latitude": 17.392, "longitude": 104.77}
    message = sent(Prompt("mail.desk", params))
    for secret in ("812345678", "081-234", "17.392", "104.77"):
        assert secret not in message["Message"] + message["Subject"]


@pytest.mark.parametrize(
    "failure",
    [
        refused("Throttled"),
        refused("Throttling"),
        refused("ThrottlingException"),
        refused("KMSThrottling"),
        refused("InternalError", 500),
        refused("ServiceUnavailable", 503),
        ConnectTimeoutError(endpoint_url="https://sns"),
        ReadTimeoutError(endpoint_url="https://sns"),
        EndpointConnectionError(endpoint_url="https://sns"),
    ],
)
def test_what_may_work_later_is_temporary_and_tried_once(failure):
    client = Sns(failure)
    with pytest.raises(TemporaryFailure) as raised:
        SnsDeskMail(client, TOPIC).send(MAIL)
    assert len(client.published) == 1
    assert "ข่มขู่" not in str(raised.value)


@pytest.mark.parametrize(
    "code", ["InvalidParameter", "NotFound", "AuthorizationError", "KMSAccessDenied"]
)
def test_what_stays_wrong_is_permanent_and_repeats_nothing_of_the_text(code):
    with pytest.raises(PermanentFailure, match=code) as raised:
        SnsDeskMail(Sns(refused(code)), TOPIC).send(MAIL)
    assert "ข่มขู่" not in str(raised.value)
    assert raised.value.__suppress_context__

"""What LINE's answers mean, and that both clients read them alike, with time-outs."""

import json

import pytest
import urllib3

from ess.adapters.line.answers import error_for
from ess.adapters.line.credentials import LineCredentials
from ess.adapters.line.sdk import SdkMessenger
from ess.adapters.line.wire import WireMessenger
from ess.domain.conversation import Prompt
from ess.domain.errors import (
    PermanentFailure,
    QuotaSpent,
    RecipientUnreachable,
    ReplyTokenSpent,
    TemporaryFailure,
)
from ess.messages import catalogue

ANSWERS = [
    (200, "", None),
    (409, "The retry key is already accepted", None),
    (400, "Invalid reply token", ReplyTokenSpent),
    (400, "The property, 'to', in the request body is invalid", RecipientUnreachable),
    (400, "Failed to send messages", RecipientUnreachable),
    (400, "The request body has 1 error(s)", PermanentFailure),
    (404, "Not found", RecipientUnreachable),
    (413, "too large", PermanentFailure),
    (401, "Authentication failed", TemporaryFailure),
    (403, "no", TemporaryFailure),
    (429, "You have reached your monthly limit.", QuotaSpent),
    (429, "The API rate limit has been exceeded. Try again later.", TemporaryFailure),
    (500, "", TemporaryFailure),
    (503, "", TemporaryFailure),
]


@pytest.mark.parametrize(("status", "message", "expected"), ANSWERS)
def test_each_answer_has_one_meaning(status, message, expected):
    error = error_for(status, message)
    assert (type(error) if error else None) is expected


class Parameters:
    def __init__(self):
        self.token = "old"

    def get_parameter(self, Name, WithDecryption):  # noqa: N803 - botocore's names
        return {"Parameter": {"Value": self.token}}


SENT = {"sentMessages": [{"id": "1", "quoteToken": "q"}]}


class Line:
    """Stands in for urllib3's pool: answers from a list, remembers what it was asked."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []

    def request(self, method, url, **options):
        self.asked.append((method, url, options))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        status, message = answer
        body = json.dumps({"message": message} if message else SENT).encode()
        return urllib3.HTTPResponse(
            body, headers={"content-type": "application/json"}, status=status, preload_content=True
        )


@pytest.fixture(params=["wire", "sdk"])
def connect(request):
    parameters = Parameters()
    time = [0.0]
    credentials = LineCredentials(parameters, "secret", "token", lambda: time[0])
    credentials.get()
    time[0] = 60.0

    def connect(*answers):
        line = Line(*answers)
        if request.param == "wire":
            messenger = WireMessenger("https://line.test", credentials)
            messenger._calls._pool = line
        else:
            messenger = SdkMessenger("https://line.test", credentials)
            messenger._client.rest_client.pool_manager = line
        return messenger, line, parameters

    return connect


PROMPTS = [Prompt("no_report")]
USER = "U" + "0" * 32


@pytest.mark.parametrize(("status", "message", "expected"), ANSWERS)
def test_both_clients_read_them_alike(connect, status, message, expected):
    messenger, _, _ = connect((status, message), (status, message))
    if expected is None:
        messenger.push(USER, PROMPTS, None, retry_key="k")
    else:
        with pytest.raises(expected):
            messenger.push(USER, PROMPTS, None, retry_key="k")


def test_a_connection_that_fails_is_a_temporary_failure(connect):
    messenger, _, _ = connect(urllib3.exceptions.ReadTimeoutError(None, "/", "slow"))
    with pytest.raises(TemporaryFailure):
        messenger.push(USER, PROMPTS, None, retry_key="k")


def test_an_answer_of_a_new_shape_is_still_a_success(connect, monkeypatch):
    monkeypatch.setitem(SENT, "sentMessages", [])
    messenger, _, _ = connect((200, ""))
    messenger.push(USER, PROMPTS, None, retry_key="k")


def test_a_rotated_token_is_read_again_at_once(connect):
    messenger, line, parameters = connect((401, "Authentication failed"), (200, ""))
    parameters.token = "new"
    messenger.push(USER, PROMPTS, None, retry_key="k")
    sent = [dict(options["headers"])["Authorization"] for _, _, options in line.asked]
    assert sent == ["Bearer old", "Bearer new"]


def test_a_push_carries_its_retry_key_and_a_reply_does_not_and_both_can_be_silent(connect):
    messenger, line, _ = connect((200, ""), (200, ""))
    messenger.push(USER, PROMPTS, "th", retry_key="the-key", silent=True)
    messenger.reply("token", PROMPTS, "th", silent=True)
    push, reply = line.asked
    assert push[1].endswith("/v2/bot/message/push")
    assert dict(push[2]["headers"])["X-Line-Retry-Key"] == "the-key"
    assert json.loads(push[2]["body"])["notificationDisabled"] is True
    assert "X-Line-Retry-Key" not in dict(reply[2]["headers"])
    body = json.loads(reply[2]["body"])
    assert (body["replyToken"], body["notificationDisabled"]) == ("token", True)
    # A lock screen shows the alternative text, and nothing of what is said.
    assert body["messages"][0]["altText"] == catalogue.text("alt.neutral", "th")


def test_an_answer_to_an_officer_shows_what_it_is_and_makes_a_sound(connect):
    messenger, line, _ = connect((200, ""))
    messenger.reply("token", PROMPTS, "th", neutral=False)
    body = json.loads(line.asked[0][2]["body"])
    assert (body["messages"][0]["type"], body["notificationDisabled"]) == ("text", False)


def test_every_call_has_a_timeout_and_no_retry_of_its_own():
    credentials = LineCredentials(Parameters(), "secret", "token")
    wire = WireMessenger("https://line.test", credentials)._calls._pool.connection_pool_kw
    assert wire["timeout"].read_timeout <= 1.0
    assert wire["retries"].total is False
    sdk = SdkMessenger("https://line.test", credentials)
    assert sdk._client.rest_client.pool_manager.connection_pool_kw["retries"].total is False
    line = Line((200, ""))
    sdk._client.rest_client.pool_manager = line
    sdk.reply("token", PROMPTS, "th")
    timeout = line.asked[0][2]["timeout"]
    assert (timeout.connect_timeout, timeout.read_timeout) == (1.0, 5.0)

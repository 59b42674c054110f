"""Fetching what people sent, against the simulator's data host and against hosts that misbehave."""

import base64
import socket
import threading
from contextlib import contextmanager
from itertools import count

import pytest
import urllib3

from ess.adapters.line.content import LineContent
from ess.adapters.line.credentials import LineCredentials
from ess.adapters.media.pictures import PillowPictures
from ess.domain.errors import (
    ContentNotReady,
    MediaRefused,
    PermanentFailure,
    TemporaryFailure,
)
from ess.domain.media import MOST_BYTES, MediaKind, Refusal
from local.cloud.phones import Phone, Phones
from local.simulator.server import run_in_thread
from local.simulator.webhooks import PIXEL

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

TOKEN = "the-token"
MP4 = b"\x00\x00\x00\x20ftypisom" + b"\0" * 100


class Parameters:
    """SSM with the present token."""

    def __init__(self, token=TOKEN):
        self.token = token

    def get_parameter(self, Name, WithDecryption):  # noqa: N803 - botocore's names
        return {"Parameter": {"Value": self.token}}


def credentials(parameters, ticks=None):
    step = ticks or count()
    return LineCredentials(parameters, "secret", "token", lambda: next(step) * 100.0)


@pytest.fixture(scope="module")
def simulator():
    handle = run_in_thread(0, channel_access_token=TOKEN)
    yield handle
    handle.stop()


@pytest.fixture
def mali(simulator):
    with Phones(simulator.url) as phones:
        phones.post("/_sim/reset")
        phone = phones.reporter("มะลิ")
        phone.follow()
        yield phone


@pytest.fixture
def content(simulator):
    return LineContent(simulator.url, credentials(Parameters()))


def sent_by(phone: Phone, **action):
    return phone.act(**action)["message_id"]


def as_video(data, **more):
    return {"type": "video", "data": base64.b64encode(data).decode(), **more}


def fault(phone, **fields):
    phone._phones.post("/_sim/faults", {"endpoint": "content", **fields})


def reason_of(content, message_id, kind=MediaKind.IMAGE):
    with pytest.raises(MediaRefused) as refused:
        content.fetch(message_id, kind)
    return refused.value.reason


def test_a_picture_comes_as_it_was_sent_and_can_be_cleaned(content, mali):
    message_id = mali.send_picture(PIXEL)["message_id"]
    fetched = content.fetch(message_id, MediaKind.IMAGE)
    assert (fetched.data, fetched.content_type) == (PIXEL, "image/png")
    assert PillowPictures().clean(fetched).content_type == "image/jpeg"


def test_a_file_that_is_being_prepared_is_there_a_moment_later(content, mali):
    message_id = mali.send_picture(PIXEL, preparing=2)["message_id"]
    for _ in range(2):
        with pytest.raises(ContentNotReady):
            content.fetch(message_id, MediaKind.IMAGE)
    assert content.fetch(message_id, MediaKind.IMAGE).data == PIXEL


def test_what_is_gone_is_gone(content, mali):
    assert reason_of(content, sent_by(mali, type="image", gone=True)) == Refusal.GONE
    assert reason_of(content, "1") == Refusal.GONE


def test_bytes_decide_what_it_is_and_not_the_header(content, mali):
    lying = mali.act(type="image", data=base64.b64encode(MP4).decode(), mime="image/jpeg")
    assert reason_of(content, lying["message_id"]) == Refusal.WRONG_TYPE
    unnamed = sent_by(mali, **as_video(MP4, mime="application/octet-stream"))
    assert content.fetch(unnamed, MediaKind.VIDEO).content_type == "video/mp4"


def test_one_byte_too_many_is_too_large(content, mali, monkeypatch):
    monkeypatch.setitem(MOST_BYTES, MediaKind.VIDEO, len(MP4))
    assert content.fetch(sent_by(mali, **as_video(MP4)), MediaKind.VIDEO).data == MP4
    message_id = sent_by(mali, **as_video(MP4 + b"\0"))
    assert reason_of(content, message_id, MediaKind.VIDEO) == Refusal.TOO_LARGE


def test_the_written_limits_are_ten_and_fifty_megabytes():
    assert MOST_BYTES == {
        MediaKind.IMAGE: 10_000_000,
        MediaKind.VIDEO: 50_000_000,
        MediaKind.AUDIO: 50_000_000,
    }


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_bad_moment_passes(content, mali, status):
    message_id = mali.send_picture(PIXEL)["message_id"]
    fault(mali, status=status)
    with pytest.raises(TemporaryFailure):
        content.fetch(message_id, MediaKind.IMAGE)
    assert content.fetch(message_id, MediaKind.IMAGE).data == PIXEL


def test_a_request_that_line_will_never_take(content, mali):
    fault(mali, status=400)
    with pytest.raises(PermanentFailure):
        content.fetch("1", MediaKind.IMAGE)


def test_a_token_that_was_renewed_is_read_again(simulator, mali):
    message_id = mali.send_picture(PIXEL)["message_id"]
    parameters = Parameters("old")
    content = LineContent(simulator.url, credentials(parameters, count(0)))
    with pytest.raises(TemporaryFailure):
        content.fetch(message_id, MediaKind.IMAGE)
    parameters.token = TOKEN
    assert content.fetch(message_id, MediaKind.IMAGE).data == PIXEL


# --- hosts that misbehave ---


@contextmanager
def host(answer: bytes, *, stay=False):
    """A server that gives one raw answer, then hangs up or stays silent."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        over = threading.Event()

        def serve():
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(answer)
                if stay:
                    over.wait(5)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        over.set()
        thread.join(5)


def fetched_from(url, **more):
    return LineContent(url, credentials(Parameters()), **more).fetch("1", MediaKind.IMAGE)


JPEG = b"\xff\xd8\xff" + b"\0" * 100


def test_a_file_cut_off_in_the_middle_is_fetched_again():
    with (
        host(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + JPEG) as url,
        pytest.raises(TemporaryFailure),
    ):
        fetched_from(url)


def test_a_size_that_is_declared_too_large_is_refused_before_it_comes():
    with (
        host(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n" + JPEG, stay=True) as url,
        pytest.raises(MediaRefused),
    ):
        fetched_from(url)


def test_a_stream_without_end_is_cut(monkeypatch):
    monkeypatch.setitem(MOST_BYTES, MediaKind.IMAGE, 1000)
    endless = JPEG + b"\0" * 3000
    with (
        host(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + endless, stay=True) as url,
        pytest.raises(MediaRefused) as refused,
    ):
        fetched_from(url)
    assert refused.value.reason == Refusal.TOO_LARGE


def test_a_trickle_is_given_up():
    ticks = count()
    with (
        host(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + JPEG, stay=True) as url,
        pytest.raises(TemporaryFailure, match="slowly"),
    ):
        fetched_from(url, monotonic=lambda: next(ticks) * 60.0)


def test_a_host_that_says_nothing_is_given_up(monkeypatch):
    monkeypatch.setattr("ess.adapters.line.content.READ_S", 0.2)
    with host(b"", stay=True) as url, pytest.raises(TemporaryFailure):
        fetched_from(url)


def test_nobody_is_there():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(TemporaryFailure):
        fetched_from(f"http://127.0.0.1:{port}")


def test_the_token_goes_nowhere_else():
    away = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
    with host(away) as url, pytest.raises(PermanentFailure):
        fetched_from(url)


def test_urllib3_decodes_nothing():
    import gzip

    bomb = gzip.compress(b"\0" * 1_000_000)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n"
    with host(head.encode() + bomb) as url, pytest.raises(MediaRefused) as refused:
        fetched_from(url)
    assert refused.value.reason == Refusal.WRONG_TYPE
    assert urllib3.__version__ >= "2"

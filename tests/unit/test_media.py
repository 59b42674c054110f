"""What files are called, what they are by their first bytes, and what the queue carries."""

import pytest

from ess.adapters.line.events import read_event
from ess.domain.conversation import MediaSent
from ess.domain.errors import MalformedEvent
from ess.domain.media import MediaKind, content_type_of, from_plain, kind_of, to_plain
from tests.unit.media_kit import FROM_MALI, MALI, REPORT, item


def test_the_same_message_has_the_same_name_and_another_has_another():
    assert item().ref == item().ref
    assert item("540002").ref.media_id != item().ref.media_id
    assert item().ref.key == f"reports/{REPORT}/image-{item().ref.media_id}"


def test_a_name_tells_neither_the_message_nor_the_sender():
    assert "540001" not in item().ref.key
    assert "alice" not in item().ref.key
    assert item().ref == FROM_MALI.ref


@pytest.mark.parametrize("one", [item(), item(kind=MediaKind.VIDEO), FROM_MALI])
def test_the_queue_gives_back_what_was_put(one):
    assert from_plain(to_plain(one)) == one


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("report_id", "../other"),
        ("report_id", "F" * 32),
        ("message_id", "1/content?x="),
        ("message_id", "٣"),
        ("message_id", ""),
        ("kind", "file"),
        ("kind", None),
        ("sender", "responder:"),
        ("sender", "anybody"),
        ("event_id", 7),
    ],
)
def test_what_nobody_put_is_refused_by_name(part, value):
    with pytest.raises(MalformedEvent, match=part):
        from_plain(to_plain(item()) | {part: value})


@pytest.mark.parametrize("plain", [None, [], "x", {}])
def test_no_item_at_all_is_refused(plain):
    with pytest.raises(MalformedEvent):
        from_plain(plain)


MP4 = b"\x00\x00\x00\x20ftypisom"
HEIC = b"\x00\x00\x00\x18ftypheic"
JPEG = b"\xff\xd8\xff\xe1"


@pytest.mark.parametrize(
    ("head", "kind", "expected"),
    [
        (JPEG, MediaKind.IMAGE, "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", MediaKind.IMAGE, "image/png"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", MediaKind.IMAGE, "image/webp"),
        (b"GIF89a", MediaKind.IMAGE, None),
        (HEIC, MediaKind.IMAGE, None),
        (b"<svg xmlns=", MediaKind.IMAGE, None),
        (b"<!DOCTYPE html>", MediaKind.IMAGE, None),
        (MP4, MediaKind.IMAGE, None),
        (MP4, MediaKind.VIDEO, "video/mp4"),
        (b"\x00\x00\x00\x14ftypqt  ", MediaKind.VIDEO, "video/quicktime"),
        (b"\x00\x00\x00\x14ftyp3gp5", MediaKind.VIDEO, "video/3gpp"),
        (HEIC, MediaKind.VIDEO, None),
        (JPEG, MediaKind.VIDEO, None),
        (b"\x00\x00\x00\x14ftypM4A ", MediaKind.AUDIO, "audio/mp4"),
        (b"ID3\x04", MediaKind.AUDIO, "audio/mpeg"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", MediaKind.AUDIO, "audio/wav"),
        (b"MZ\x90\x00", MediaKind.AUDIO, None),
        (b"", MediaKind.AUDIO, None),
    ],
)
def test_a_file_is_what_its_bytes_say(head, kind, expected):
    assert content_type_of(head, kind) == expected


@pytest.mark.parametrize("name", ["image", "video", "audio"])
def test_kinds_are_named_as_lines_messages_are(name):
    assert kind_of(name) == MediaKind(name)


@pytest.mark.parametrize("name", ["sticker", "file", "", "hologram"])
def test_other_messages_are_not_kept(name):
    assert kind_of(name) is None


def incoming(message):
    return read_event(
        {
            "type": "message",
            "mode": "active",
            "webhookEventId": "e1",
            "source": {"type": "user", "userId": MALI},
            "message": message,
        }
    ).given


def test_a_picture_comes_with_the_id_that_its_content_is_fetched_by():
    assert incoming({"type": "image", "id": "540001"}) == MediaSent("image", "540001")


@pytest.mark.parametrize("odd", [None, 7, "", "1/../../profile", "١", "9" * 41])
def test_an_id_that_is_none_is_left_out(odd):
    assert incoming({"type": "image", "id": odd}) == MediaSent("image")

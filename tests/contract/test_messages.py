"""Every message we can send, against line-bot-sdk's models and LINE's written limits."""

import json
import string
from itertools import product
from pathlib import Path

import pytest
import regex
from linebot.v3.messaging import PushMessageRequest

from ess.adapters.line.render import render, render_sms
from ess.domain.conversation import Prompt
from ess.domain.report import ClosingReason
from ess.messages import catalogue

FORMS = catalogue.load("forms")
LONG_TH = "พันตำรวจเอกหญิง " + "ก" * 60
PARAMS = {
    "report_id": "0" * 32,
    "reference": "K7P-2MX",
    "kind": 3,
    "unit_th": "สถานีตำรวจภูธรเมืองนครพนม",
    "unit_en": "Mueang Nakhon Phanom Police Station",
    "distance_m": 1234.5,
    "responder_th": LONG_TH,
    "responder_en": "Pol. Col. Somebody With A Very Long Name",
    "reason": "resolved",
    "status": "acknowledged",
    "place": "ตลาด " * 40,
    "phone": "+66812345678",
    "latitude": 17.392,
    "longitude": 104.77,
    "opened_at": 1_790_000_000.0,
    "changed_at": 1_790_000_000.0,
    "can_talk": True,
}
LANGUAGES = (None, "th", "en")
EVERY = [
    pytest.param(name, language, id=f"{name}-{language}")
    for name, language in product(FORMS, LANGUAGES)
]


def rendered(name, language, **changes):
    return render([Prompt(name, PARAMS | changes)], language)


def parts(value, key=None):
    """Yield every dictionary in a message, with the key it stands under."""
    if isinstance(value, dict):
        yield key, value
        for name, inner in value.items():
            yield from parts(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from parts(inner, key)


def graphemes(text):
    return len(regex.findall(r"\X", text))


def utf16(text):
    return len(text.encode("utf-16-le")) // 2


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_the_sdk_reads_it_as_it_was_written(name, language):
    messages = rendered(name, language)
    request = PushMessageRequest.from_dict({"to": "U" + "0" * 32, "messages": messages})
    written = json.loads(request.to_json())["messages"]
    assert _without_none(written) == messages


def _without_none(value):
    if isinstance(value, dict):
        return {k: _without_none(v) for k, v in value.items() if v is not None}
    if isinstance(value, list):
        return [_without_none(v) for v in value]
    return value


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_it_keeps_lines_limits(name, language):
    (message,) = rendered(name, language)
    if message["type"] == "text":
        assert 0 < utf16(message["text"]) <= 5000
    else:
        assert 0 < utf16(message["altText"]) <= 1500
        assert len(json.dumps(message["contents"], ensure_ascii=False).encode()) <= 30_000
    assert len(message.get("quickReply", {}).get("items", [])) <= 13
    for key, part in parts(message):
        if key == "action" and "label" in part:
            assert 0 < graphemes(part["label"]) <= 20
        if part.get("type") == "postback":
            assert utf16(part["data"]) <= 300
            assert utf16(part["displayText"]) <= 300
        if part.get("type") == "uri":
            assert len(part["uri"]) <= 1000
            assert part["uri"].startswith(("https://", "tel:", "line://"))
        if part.get("type") == "text" and "text" in part:
            assert part["text"].strip()


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_the_location_action_stands_in_quick_replies_only(name, language):
    (message,) = rendered(name, language)
    quick = message.pop("quickReply", {"items": []})
    assert all(part.get("type") != "location" for _, part in parts(message))
    if name == "ask_pin":
        assert any(i["action"]["type"] == "location" for i in quick["items"])


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_no_placeholder_is_left(name, language):
    assert "{" not in "".join(
        value
        for _, part in parts(rendered(name, language))
        for value in part.values()
        if isinstance(value, str)
    )


@pytest.mark.parametrize("name", [n for n in FORMS if n.startswith("status.")])
def test_a_pushed_status_says_nothing_on_a_lock_screen(name):
    for language in LANGUAGES:
        (message,) = rendered(name, language)
        main = catalogue.languages_for(language)[0]
        assert message["altText"] == catalogue.text("alt.neutral", main)
        assert "ESS" not in message["altText"]


def test_both_languages_have_the_same_texts_and_placeholders():
    thai, english = catalogue.load("th"), catalogue.load("en")
    assert thai.keys() == english.keys()
    for key in thai:
        assert _fields(thai[key]) == _fields(english[key]), key


def _fields(template):
    return {field for _, field, _, _ in string.Formatter().parse(template) if field}


def test_every_action_and_fact_that_a_form_names_exists():
    actions = catalogue.load("actions")
    for form in FORMS.values():
        for name in (*form.get("buttons", ()), *form.get("quick", ())):
            assert name in actions
            assert catalogue.has_text(f"action.{actions[name].get('label', name)}")
        for fact in form.get("facts", ()):
            assert catalogue.has_text(f"fact.{fact}")


def test_every_closing_reason_has_words():
    assert all(catalogue.has_text(f"reason.{reason}") for reason in ClosingReason)


def test_every_command_means_one_thing():
    spellings = [words for group in catalogue.load("commands").values() for words in group]
    assert len(spellings) == len(set(spellings))
    assert all(words == " ".join(words.casefold().split()) for words in spellings)


def test_nobody_is_offered_to_call_someone_who_cannot_talk():
    def uris(**changes):
        (message,) = rendered("officer.accepted", None, **changes)
        return [part["uri"] for _, part in parts(message) if part.get("type") == "uri"]

    assert "tel:+66812345678" in uris()
    assert not any(uri.startswith("tel:") for uri in uris(can_talk=False))
    assert not any(uri.startswith("tel:") for uri in uris(phone=None))


def test_a_silent_report_says_so_to_the_officer():
    loud = json.dumps(rendered("officer.offer", None), ensure_ascii=False)
    silent = json.dumps(rendered("officer.offer", None, can_talk=False), ensure_ascii=False)
    warning = catalogue.text("officer.offer_silent", "th")
    assert warning not in loud
    assert warning in silent


def test_thai_stands_before_english_until_a_language_is_chosen():
    (message,) = rendered("no_report", None)
    thai, english = message["text"].split("\n")
    assert thai == catalogue.text("no_report", "th")
    assert english == catalogue.text("no_report", "en")
    assert rendered("no_report", "en")[0]["text"] == english


@pytest.mark.parametrize("name", ["sms.offer", "sms.cancelled"])
def test_an_sms_in_thai_fits_two_parts(name):
    text = render_sms(Prompt(name, PARAMS))
    assert len(text) <= 134  # 2 parts of 67 UCS-2 characters
    assert "http" not in text


@pytest.mark.parametrize(
    ("metres", "thai", "english"),
    [
        (0, "0 เมตร", "0 m"),
        (847, "850 เมตร", "850 m"),
        (999, "1.0 กม.", "1.0 km"),
        (1234, "1.2 กม.", "1.2 km"),
        (123_456, "123 กม.", "123 km"),
    ],
)
def test_distances_as_people_say_them(metres, thai, english):
    assert catalogue.distance(metres, "th") == thai
    assert catalogue.distance(metres, "en") == english


@pytest.mark.parametrize(
    ("e164", "read_out"),
    [
        ("+66898765432", "089-876-5432"),
        ("+6642511266", "042-511-266"),
        ("+6621234567", "02-123-4567"),
        ("+447911123456", "+447911123456"),
    ],
)
def test_numbers_as_thai_people_read_them_out(e164, read_out):
    assert catalogue.phone_number(e164) == read_out


@pytest.mark.parametrize("name", ["th", "en", "forms", "actions", "commands"])
def test_no_data_file_says_a_thing_twice(name):
    def once(pairs):
        keys = [key for key, _ in pairs]
        assert len(keys) == len(set(keys)), sorted(k for k in keys if keys.count(k) > 1)
        return dict(pairs)

    text = (Path(catalogue.__file__).parent / f"{name}.json").read_text(encoding="utf-8")
    json.loads(text, object_pairs_hook=once)

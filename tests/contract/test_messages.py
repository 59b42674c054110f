"""Every message we can send, against line-bot-sdk's models and LINE's written limits."""

import json
import string
from itertools import product
from pathlib import Path

import pytest
import regex
from linebot.v3.messaging import PushMessageRequest

from ess.adapters.line.events import read_event
from ess.adapters.line.render import OFFICERS, render
from ess.adapters.sms.text import compose
from ess.domain.conversation import (
    CANCEL_REASONS,
    MOST_OTHERS,
    QUESTIONS,
    ActiveReport,
    Answered,
    ButtonUnknown,
    CancelConfirmed,
    DetailsAsked,
    KindChosen,
    KindsAsked,
    Prompt,
    ReportAsked,
    SwitchAsked,
    WhoChosen,
    status_prompt,
)
from ess.domain.incoming import ResponderTap
from ess.domain.kinds import EMERGENCIES, Kind
from ess.domain.report import RESPONDER_REASONS, ClosingReason, HandOverReason, Status
from ess.domain.same_incident import MOST_LINKED
from ess.domain.understanding import Role
from ess.messages import catalogue
from local.simulator import validate
from tests.cases import for_each

FORMS = catalogue.load("forms")
LONG_TH = "พันตำรวจเอกหญิง " + "ก" * 60
LONG_UNIT_TH = "สถานีตำรวจภูธร" + "ก" * 130
LONG_UNIT_EN = "Police Station " + "x" * 130
UNITS = 8
PARAMS = {
    "report_id": "0" * 32,
    "reference": "K7P-2MX",
    "kind": 3,
    # Two units asked at the same time are named together; a directory takes names of 300 letters.
    "unit_th": f"{LONG_UNIT_TH} และ {LONG_UNIT_TH}",
    "unit_en": f"{LONG_UNIT_EN} and {LONG_UNIT_EN}",
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
    "until_at": 1_790_000_000.0,
    "phone_end": "5678",
    "left": 4,
    "code": "012345",
    "can_talk": True,
    # A card for the desk, and one for whoever helps.
    "unit_holder_th": LONG_UNIT_TH,
    "unit_holder_en": LONG_UNIT_EN,
    "asked_th": f"{LONG_UNIT_TH} และ {LONG_UNIT_TH}",
    "asked_en": f"{LONG_UNIT_EN} and {LONG_UNIT_EN}",
    "called_th": f"{LONG_UNIT_TH} และ {LONG_UNIT_TH}",
    "called_en": f"{LONG_UNIT_EN} and {LONG_UNIT_EN}",
    "at_desk": True,
    "again": True,
    "pin_doubt": True,
    "earlier_false": 3,
    "appeals": 2,
    # What a reporter says, and what either side writes: as long as it can get.
    "words": "ช่วยด้วย " * 444,  # see OLDER_LIMIT in ess/domain/relay.py
    "hurt": "yes",
    "still_there": "unknown",
    "weapon": "no",
    "who": "volunteer",
    "landmark": "ก" * 500,
    "files": 20,
    "images": 18,
    "videos": 1,
    "sounds": 1,
    "moved": True,
    "new_pin": True,
    "page": "https://abcdefghij.execute-api.ap-southeast-1.amazonaws.com/prod/o/" + "x" * 55,
    "units": UNITS,
    "notes": 30,
    "kind_1": 1,
    "kind_2": 4,
    "kind_3": 5,
} | {
    f"unit_{number}_{name}": value
    for number in range(1, UNITS + 1)
    for name, value in (
        ("id", f"{number}-" + "x" * 98),
        ("th", "ก" * 300),
        ("en", "x" * 300),
        ("m", 1234.5 * number),
    )
}
PARAMS |= {"near": 10}
PARAMS |= {
    f"{group}_{number}_{name}": value
    for number in range(1, MOST_LINKED + 1)
    for group, name, value in (
        ("same", "reference", "K7P-2MX"),
        ("same", "state", ("accepted", "open", "closed")[number % 3]),
        ("same", "th", LONG_TH),
        ("same", "en", LONG_TH),
        ("held", "id", str(number % 10) * 32),
        ("held", "reference", "K7P-2MX"),
    )
}
PARAMS |= {
    f"other_{number}_{name}": value
    for number in range(1, MOST_OTHERS + 1)
    for name, value in (
        ("id", str(number) * 32),
        ("reference", "K7P-2MX"),
        ("kind", 3),
        ("at", 1_790_000_000.0),
    )
}
LANGUAGES = (None, "th", "en")
for_every_prompt = for_each(name=FORMS, language=LANGUAGES)


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


def texts(value):
    """Yield every text that a person reads in messages, in reading order."""
    return (part["text"] for _, part in parts(value) if part.get("type") == "text")


def graphemes(text):
    return len(regex.findall(r"\X", text))


def utf16(text):
    return len(text.encode("utf-16-le")) // 2


@for_every_prompt
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


@for_every_prompt
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


@for_each(name=FORMS, language=LANGUAGES, drill=(None, True))
def test_line_as_the_simulator_plays_it_takes_it(name, language, drill):
    assert validate.messages(rendered(name, language, drill=drill)) == []


def named_in(form, name):
    """The texts of a prompt: of a text the one of its name, of a card title and body."""
    plain = form["form"] in ("text", "words")
    keys = [name] if plain else [f"{name}.title", f"{name}.body"]
    return [*keys, *([form["alt"]] if "alt" in form else [])]


@for_each(name=FORMS)
def test_everything_that_a_text_names_has_a_sample_here(name):
    for key in named_in(FORMS[name], name):
        for language in catalogue.LANGUAGES:
            missing = (
                _fields(catalogue.load(language)[key])
                - catalogue.words_for(language, PARAMS).keys()
            )
            assert not missing, f"{key} names {missing}: give PARAMS a sample of it"


@for_every_prompt
def test_the_location_action_stands_in_quick_replies_only(name, language):
    (message,) = rendered(name, language)
    quick = message.pop("quickReply", {"items": []})
    assert all(part.get("type") != "location" for _, part in parts(message))
    if name == "ask_pin":
        assert any(i["action"]["type"] == "location" for i in quick["items"])


@for_every_prompt
def test_no_placeholder_is_left(name, language):
    assert "{" not in "".join(
        value
        for _, part in parts(rendered(name, language))
        for value in part.values()
        if isinstance(value, str)
    )


# --- what a lock screen shows -------------------------------------------------------------------

FOR_REPORTERS = [name for name in FORMS if not name.startswith("officer.")]
STATUSES = [name for name in FORMS if name.startswith("status.")]


@for_each(
    name=[n for n in FOR_REPORTERS if FORMS[n]["form"] != "text"],
    language=LANGUAGES,
    drill=(None, True),
)
def test_a_card_for_a_reporter_says_nothing_on_a_lock_screen(name, language, drill):
    (message,) = rendered(name, language, drill=drill)
    main = catalogue.languages_for(language)[0]
    label = catalogue.load(main)["drill.label"] if drill else ""
    assert message["altText"] == label + catalogue.text("alt.neutral", main)
    assert "ESS" not in message["altText"]


def every_view():
    """A reporter's copy of a report in every state that it can be in."""
    yes_no = (True, False)
    for status, desk, by_desk, nobody, ask, reason in product(
        Status, yes_no, yes_no, yes_no, yes_no, (None, *ClosingReason)
    ):
        if (reason is not None) == (status is Status.CLOSED):
            yield ActiveReport(
                report_id="0" * 32,
                reference="K7P-2MX",
                kind=Kind.SEXUAL_ABUSE,
                status=status,
                opened_at=1.0,
                changed_at=2.0,
                unit_th="สภ.",
                unit_en="Station",
                distance_m=1.0,
                at_desk=desk,
                by_desk=by_desk,
                nobody_reached=nobody,
                responder_th="ก",
                responder_en="K",
                closing_reason=reason,
                may_ask=ask,
            )


def test_whatever_is_pushed_to_a_reporter_is_a_card_since_a_text_is_shown_as_it_is():
    pushed = [status_prompt(view) for view in every_view()]
    assert {prompt.name for prompt in pushed} == set(STATUSES)
    for prompt in pushed:
        for language in LANGUAGES:
            (message,) = render([prompt], language)
            assert message["type"] == "flex"
            main = catalogue.languages_for(language)[0]
            assert message["altText"] == catalogue.text("alt.neutral", main)


@pytest.mark.parametrize("name", ["resume", "draft_expired", "draft_sent", "ask_kind"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_auditor_pushes_to_somebody_who_fell_silent_is_a_card_too(name, language):
    (message,) = rendered(name, language)
    assert message["type"] == "flex"
    main = catalogue.languages_for(language)[0]
    assert message["altText"] == catalogue.text("alt.neutral", main)


@for_each(name=FOR_REPORTERS, language=LANGUAGES)
def test_whatever_may_be_pushed_to_a_reporter_says_nothing_before_the_chat_is_open(name, language):
    prompt = Prompt(name, PARAMS)
    (message,) = pushed = render([prompt], language, neutral=True)
    assert message["type"] == "flex"
    main = catalogue.languages_for(language)[0]
    assert message["altText"] == catalogue.text("alt.neutral", main)
    assert validate.messages(pushed) == []
    (answered,) = render([prompt], language)
    if answered["type"] == "text":
        (line,) = message["contents"]["body"]["contents"]
        assert line["text"] == answered["text"]
    else:
        assert message["contents"] == answered["contents"]
    assert message.get("quickReply") == answered.get("quickReply")


@pytest.mark.parametrize("name", [n for n in FORMS if "pin_doubt" in FORMS[n].get("warnings", ())])
def test_officers_are_warned_of_a_pin_that_nobody_confirmed_and_of_no_other(name):
    warning = catalogue.text("officer.offer_pin_doubt", "th")
    assert warning in json.dumps(rendered(name, None), ensure_ascii=False)
    assert warning not in json.dumps(rendered(name, None, pin_doubt=None), ensure_ascii=False)


@pytest.mark.parametrize("name", [n for n in FORMS if FORMS[n]["form"] == "kinds"])
def test_what_is_not_known_is_nobodys_choice(name):
    (message,) = rendered(name, None)
    chosen = [row["data"] for row in postbacks(message) if row["data"].startswith("a=kind")]
    assert chosen == [f"a=kind&k={int(kind)}" for kind in EMERGENCIES]


# --- an exercise --------------------------------------------------------------------------------


@for_every_prompt
def test_an_exercise_is_labelled_wherever_one_looks_first(name, language):
    (message,) = rendered(name, language, drill=True)
    shown_in = catalogue.languages_for(language)
    if name.startswith(OFFICERS):  # one language, see test_officers_cards.py
        shown_in = shown_in[:1]
    labels = [catalogue.load(la)["drill.label"] for la in shown_in]
    if message["type"] == "text":
        shown = message["text"]
        assert shown.startswith(labels[0])
        assert len(labels) == 1 or f"\n{labels[1]}" in shown
    else:
        titles = [line["text"] for line in message["contents"]["header"]["contents"]]
        assert len(titles) == len(labels)
        for title, label in zip(titles, labels, strict=True):
            assert title.startswith(label)
        assert message["altText"].startswith(labels[0])


@for_every_prompt
def test_what_is_real_is_never_called_an_exercise(name, language):
    written = json.dumps(rendered(name, language), ensure_ascii=False)
    assert not [la for la in catalogue.LANGUAGES if catalogue.load(la)["drill.label"] in written]


# --- the number, the pin, and what a button says ------------------------------------------------

WITH_NUMBER = {"officer.accepted", "officer.phone_added"}
"""What goes to the officer who goes, and to nobody else."""

WITH_PIN = {
    "confirm_pin.doubtful",  # the reporter's own words, read back
    "pin_far",  # what is tapped tells which pin was meant, also after other messages
    "officer.offer",
    "officer.offer_desk",
    "officer.offer_same",
    "officer.informed",
    "officer.help_wanted",
    "officer.nobody_arrived",
    "officer.please_check",
    "officer.accepted",
    "officer.joined",
    "officer.details",
}


def test_the_longest_text_that_line_takes_from_an_officer_fits_the_reporters_card():
    (message,) = rendered("from_officer", None, words="ก" * 5000)
    assert len(json.dumps(message["contents"], ensure_ascii=False).encode()) <= 30_000
    assert validate.messages([message]) == []


@for_every_prompt
def test_number_and_pin_are_on_no_other_card_whatever_it_is_given(name, language):
    written = json.dumps(rendered(name, language), ensure_ascii=False)
    number = any(spelling in written for spelling in ("812345678", "081-234-5678"))
    assert number is (name in WITH_NUMBER)
    assert ("17.392" in written) is (name in WITH_PIN)
    assert ("104.77" in written) is (name in WITH_PIN)


@pytest.mark.parametrize("name", sorted(WITH_NUMBER))
def test_the_number_of_who_must_not_be_called_is_on_no_card(name):
    written = json.dumps(rendered(name, None, can_talk=False), ensure_ascii=False)
    assert "812345678" not in written
    assert "081-234" not in written


def postbacks(message):
    return [part for _, part in parts(message) if part.get("type") == "postback"]


@for_every_prompt
def test_every_button_means_something_to_the_webhook(name, language):
    (message,) = rendered(name, language)
    actions = catalogue.load("actions")
    about = [n for n in actions if "{report_id}" in actions[n].get("data", "")]
    named = (*FORMS[name].get("buttons", ()), *FORMS[name].get("quick", ()))
    data = [button["data"] for button in postbacks(message)]
    for one in data:
        event = {
            "type": "postback",
            "webhookEventId": "e",
            "source": {"type": "user", "userId": "U" + "0" * 32},
            "postback": {"data": one},
        }
        assert not isinstance(read_event(event).given, ButtonUnknown), one
    for action in set(named) & set(about):
        assert actions[action]["data"].format(report_id="0" * 32) in data


def meanings(message):
    """What the buttons of a message mean to the webhook, rows and quick replies alike."""
    source = {"type": "user", "userId": "U" + "0" * 32}
    raw = {"type": "postback", "webhookEventId": "e", "source": source}
    return [
        read_event(raw | {"postback": {"data": button["data"]}}).given
        for button in postbacks(message)
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_older_reports_are_listed_with_a_row_for_each(language):
    (message,) = rendered("other_reports", language)
    switches = [given for given in meanings(message) if isinstance(given, SwitchAsked)]
    assert switches == [SwitchAsked(str(number) * 32) for number in range(1, MOST_OTHERS + 1)]
    (message,) = rendered("other_reports", language, other_2_id=None, other_3_id=None)
    assert meanings(message).count(SwitchAsked("1" * 32)) == 1
    assert SwitchAsked("2" * 32) not in meanings(message)


@pytest.mark.parametrize("language", LANGUAGES)
def test_kinds_in_doubt_have_a_row_each_and_one_leads_to_all(language):
    (message,) = rendered("ask_kind_of", language, kind_3=None)
    assert meanings(message)[:3] == [KindChosen(Kind(1)), KindChosen(Kind(4)), KindsAsked()]


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_has_three_answers_to_tap(question):
    (message,) = rendered(f"question.{question}", None)
    answers = [given for given in meanings(message) if isinstance(given, Answered)]
    assert answers == [Answered(question, answer) for answer in ("yes", "no", "unknown")]


def test_a_report_is_cancelled_with_one_of_the_reasons_that_are_known():
    (message,) = rendered("cancel_reasons", None)
    reasons = [given for given in meanings(message) if isinstance(given, CancelConfirmed)]
    assert reasons == [CancelConfirmed("0" * 32, why) for why in CANCEL_REASONS]


def test_whether_a_second_report_is_the_same_is_asked_with_two_buttons():
    (message,) = rendered("already_open", None)
    assert meanings(message)[:2] == [DetailsAsked(), ReportAsked(fresh=True)]


def test_each_role_can_be_tapped():
    (message,) = rendered("details", None)
    assert {given.who for given in meanings(message) if isinstance(given, WhoChosen)} == set(Role)
    assert KindsAsked() in meanings(message)


ENDED = ("status.closed", "status.cancelled")
OPEN_STATUSES = [name for name in STATUSES if not name.startswith(ENDED)]


@pytest.mark.parametrize("name", [*OPEN_STATUSES, "received", "received_silent"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_card_of_an_open_report_offers_to_add_to_it(name, language):
    assert DetailsAsked() in meanings(rendered(name, language)[0])


@pytest.mark.parametrize("name", [*OPEN_STATUSES, "note_kept", "note_kept_passed"])
def test_who_cannot_talk_is_offered_to_hide_the_chat_and_nobody_to_say_it_twice(name):
    def quick(can_talk):
        (message,) = rendered(name, None, can_talk=can_talk)
        return {item["action"].get("data") for item in message["quickReply"]["items"]}

    assert "a=clear" in quick(can_talk=False)
    assert "a=no_call" not in quick(can_talk=False)
    assert "a=clear" not in quick(can_talk=True)
    assert "a=no_call" in quick(can_talk=True)


@pytest.mark.parametrize("name", OPEN_STATUSES)
@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_the_card_of_an_open_report_shows_what_is_known(name, language):
    written = json.dumps(rendered(name, language, can_talk=False), ensure_ascii=False)
    for key in ("kind.3", "role.volunteer", "calls.no"):
        assert catalogue.text(key, language) in written, key
    for fact in ("kind", "who", "calls", "notes"):
        assert catalogue.text(f"fact.{fact}", language) in written, fact
    loud = json.dumps(rendered(name, language, who=None, notes=None), ensure_ascii=False)
    for fact in ("who", "calls", "notes"):
        assert catalogue.text(f"fact.{fact}", language) not in loud, fact


def test_the_form_of_units_has_a_row_for_each_and_stays_below_the_size_of_a_bubble():
    for language in LANGUAGES:
        (message,) = rendered("officer.assign_units", language, drill=True)
        assert len(json.dumps(message["contents"], ensure_ascii=False).encode()) <= 30_000
        main = catalogue.languages_for(language)[0]
        rows = postbacks(message)
        assert len(rows) == UNITS
        for number, row in enumerate(rows, start=1):
            assert graphemes(row["label"]) <= 20
            assert row["displayText"] == PARAMS[f"unit_{number}_{main}"]
        written = json.dumps(message, ensure_ascii=False)
        assert catalogue.distance(PARAMS["unit_8_m"], main) in written


@pytest.mark.parametrize("unit_id", ["np-1", "สภ-เมือง-นครพนม " + "ก" * 80, "a&b=c+d%26;e#/?"])
def test_a_units_id_comes_back_from_its_button_as_it_was(unit_id):
    (message,) = rendered("officer.assign_units", None, units=1, unit_1_id=unit_id)
    (row,) = postbacks(message)
    assert utf16(row["data"]) <= 300
    event = {
        "type": "postback",
        "webhookEventId": "e",
        "source": {"type": "user", "userId": "U" + "0" * 32},
        "postback": {"data": row["data"]},
    }
    assert read_event(event).given == ResponderTap("assign", "0" * 32, unit_id)


def test_a_unit_without_an_english_name_or_a_distance_has_a_row_too():
    (message,) = rendered("officer.assign_units", "en", units=1, unit_1_en=None, unit_1_m=None)
    (row,) = postbacks(message)
    assert row["displayText"] == PARAMS["unit_1_th"]


@pytest.mark.parametrize(
    ("name", "reasons"),
    [("officer.close_reasons", RESPONDER_REASONS), ("officer.hand_over_reasons", HandOverReason)],
)
def test_each_reason_has_its_row(name, reasons):
    (message,) = rendered(name, None)
    data = [row["data"] for row in postbacks(message)]
    assert [one.rpartition("&why=")[2] for one in data] == [reason.value for reason in reasons]


@pytest.mark.parametrize("name", [n for n in FORMS if "assign" in FORMS[n].get("buttons", ())])
def test_only_the_desk_is_offered_to_assign(name):
    def acts(**changes):
        return [row["data"].partition("&")[0] for row in postbacks(rendered(name, None, **changes))]

    assert "o=assign" in acts()
    assert "o=assign" not in acts(at_desk=False)
    assert "o=assign" not in acts(at_desk=None)


@pytest.mark.parametrize("name", [n for n in FORMS if "again" in FORMS[n].get("warnings", ())])
def test_an_offer_says_that_the_report_was_reopened_only_if_it_was(name):
    warning = catalogue.text("officer.offer_again", "th")
    assert warning in json.dumps(rendered(name, None), ensure_ascii=False)
    assert warning not in json.dumps(rendered(name, None, again=None), ensure_ascii=False)


# --- the catalogue ------------------------------------------------------------------------------


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
        assert all(map(catalogue.has_text, form.get("choices", ())))


def test_every_reason_has_words():
    assert all(catalogue.has_text(f"reason.{reason}") for reason in ClosingReason)
    assert all(catalogue.has_text(f"handover.{reason}") for reason in HandOverReason)


def test_every_form_has_its_texts_and_no_text_of_a_prompt_is_left_without_its_form():
    for name, form in FORMS.items():
        assert all(map(catalogue.has_text, named_in(form, name))), name
    titled = {key.removesuffix(".title") for key in catalogue.load("th") if key.endswith(".title")}
    assert {name for name in titled if not name.startswith("page.")} <= FORMS.keys()


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


SMS = [
    name
    for name in catalogue.load("th")
    if name.startswith("sms.") and name not in ("sms.link", "sms.drill")
]
LINK = "https://ess.example.go.th/o/" + "A" * 90


@pytest.mark.parametrize("name", SMS)
@pytest.mark.parametrize("drill", [None, True])
def test_an_sms_in_thai_fits_two_parts(name, drill):
    text = compose(Prompt(name, PARAMS | {"drill": drill}))
    assert len(text) <= 134  # 2 parts of 67 UCS-2 characters
    assert "http" not in text
    assert text.startswith(catalogue.text("sms.drill", "th")) is bool(drill)


@pytest.mark.parametrize("name", SMS)
def test_no_sms_holds_what_only_the_officer_who_goes_may_know(name):
    text = compose(Prompt(name, PARAMS))
    assert not [w for w in ("812345678", "081-234", "17.392", "104.77", "ตลาด") if w in text]


@pytest.mark.parametrize("name", ["sms.offer", "sms.help", "sms.informed", "sms.news"])
def test_an_sms_with_a_link_ends_with_the_whole_of_it(name):
    text = compose(Prompt(name, PARAMS | {"link": LINK}))
    assert text.endswith(LINK)
    assert PARAMS["reference"] in text


def test_the_sms_to_a_reporter_names_neither_the_incident_nor_who_comes():
    text = compose(Prompt("sms.reporter", PARAMS))
    assert len(text) <= 70  # one part of UCS-2 characters
    assert text == compose(Prompt("sms.reporter", {}))


@pytest.mark.parametrize("name", ["officer.help_wanted", "officer.nobody_arrived"])
def test_a_card_that_calls_for_help_says_whose_and_how_far_ones_own_unit_is(name):
    written = json.dumps(rendered(name, "th"), ensure_ascii=False)
    assert PARAMS["responder_th"] in written
    assert PARAMS["unit_holder_th"] in written
    assert catalogue.distance(PARAMS["distance_m"], "th") in written


@pytest.mark.parametrize(
    "name", ["officer.help_wanted", "officer.nobody_arrived", "officer.please_check"]
)
def test_a_card_that_calls_for_help_is_answered_by_going_and_not_by_accepting(name):
    acts = [row["data"].partition("&")[0] for row in postbacks(*rendered(name, None))]
    assert acts == ["o=join"]


def test_the_code_by_sms_fits_one_part_and_stands_in_it():
    text = compose(Prompt("sms.confirm_phone", PARAMS))
    assert len(text) <= 70  # one part of UCS-2 characters
    assert PARAMS["code"] in text


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

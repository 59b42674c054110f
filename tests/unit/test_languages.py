"""The catalogue in every language: complete, of the right length; a third one is a data file."""

import json
import shutil
import string
from pathlib import Path

import pytest
import regex

from ess.adapters.line.render import render
from ess.domain.conversation import Prompt
from ess.messages import catalogue
from tests.cases import for_each
from tests.contract.test_messages import FORMS, PARAMS, texts

FOLDER = Path(catalogue.__file__).parent
FIRST, *OTHERS = catalogue.LANGUAGES
TEXTS = {language: catalogue.load(language) for language in catalogue.LANGUAGES}
ACTIONS = catalogue.load("actions")
EPOCH = 1_795_593_600.0  # 25 November 2026, 15:00 in Thailand


def fields(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def clusters(text):
    return len(regex.findall(r"\X", text))


@pytest.mark.parametrize("language", OTHERS)
def test_it_has_every_text_and_no_other(language):
    assert TEXTS[language].keys() == TEXTS[FIRST].keys()


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_no_key_is_written_twice(language):
    twice = []

    def once(pairs):
        keys = [key for key, _ in pairs]
        twice.extend(key for key in set(keys) if keys.count(key) > 1)
        return dict(pairs)

    json.loads((FOLDER / f"{language}.json").read_text("utf-8"), object_pairs_hook=once)
    assert twice == []


@for_each(language=OTHERS, key=TEXTS[FIRST])
def test_it_names_the_same_things(language, key):
    assert fields(TEXTS[language][key]) == fields(TEXTS[FIRST][key])


@for_each(language=catalogue.LANGUAGES, key=TEXTS[FIRST])
def test_a_text_says_something_and_has_no_loose_ends(language, key):
    text = TEXTS[language][key]
    assert text.strip()
    assert key == "drill.label" or text == text.strip()
    assert not any(mark in text for mark in ("TODO", "FIXME", "XXX", "TRANSLAT", "  "))


THAI = regex.compile(r"\p{Thai}")


# Subjects of mails are in English on purpose: see `ess.adapters.email.sns`.
@for_each(key=[k for k in TEXTS["th"] if not k.endswith(".subject")])
def test_thai_is_thai_and_english_is_not(key):
    bare = regex.sub(r"\{\w+\}|[\W\d_]|ESS|LINE|SMS|OTP", "", TEXTS["th"][key])
    assert not bare or key == "action.language_en" or THAI.search(bare), TEXTS["th"][key]
    # Names of languages, and words that are typed in Thai, stay as they are.
    without_quoted = regex.sub(r"“[^”]*”|\"[^\"]*\"", "", TEXTS["en"][key])
    assert key == "action.language_th" or not THAI.search(without_quoted), TEXTS["en"][key]


def labels():
    quick = {name for form in FORMS.values() for name in form.get("quick", ())}
    buttons = {name for form in FORMS.values() for name in form.get("buttons", ())}
    yield from (f"action.{ACTIONS[name].get('label', name)}" for name in quick)
    yield from (f"action.{name}" for name in buttons)
    yield from (key for form in FORMS.values() for key in form.get("choices", {}))


@for_each(language=catalogue.LANGUAGES, key=sorted(set(labels())))
def test_a_button_says_all_of_its_label(language, key):
    assert 0 < clusters(TEXTS[language][key]) <= 40
    assert "\n" not in TEXTS[language][key]


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_a_quick_reply_is_never_cut(language):
    names = {name for form in FORMS.values() for name in form.get("quick", ())}
    keys = {f"action.{ACTIONS[name].get('label', name)}" for name in names}
    assert [k for k in sorted(keys) if clusters(TEXTS[language][k]) > 20] == []


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_titles_and_previews_are_short_and_a_body_is_read_at_a_glance(language):
    texts = TEXTS[language]
    too_long = [
        key
        for key, text in texts.items()
        if clusters(text)
        > (80 if key.endswith((".title", ".subject")) or key.startswith("alt.") else 600)
    ]
    assert too_long == []


@for_each(name=FORMS)
def test_a_form_names_only_what_exists(name):
    form, texts = FORMS[name], TEXTS[FIRST]
    plain = form["form"] in ("text", "words")
    keys = [name] if plain else [f"{name}.title"]
    if not plain and not form.get("words"):
        keys.append(f"{name}.body")
    keys += [form["alt"]] if "alt" in form else []
    keys += [f"fact.{fact}" for fact in form.get("facts", ())]
    keys += [f"officer.offer_{warning}" for warning in form.get("warnings", ())]
    keys += [f"action.{button}" for button in form.get("buttons", ())]
    keys += list(form.get("choices", ()))
    assert [key for key in keys if key not in texts] == []
    assert {*form.get("buttons", ()), *form.get("quick", ())} <= ACTIONS.keys()


# --- times, days and distances --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "day", "moment", "time", "near", "far", "very_far"),
    [
        (
            "th",
            "25 พ.ย. 2569",
            "25 พ.ย. 2569 เวลา 15:00 น.",
            "15:00 น.",
            "350 เมตร",
            "1.2 กม.",
            "412 กม.",
        ),
        ("en", "25 Nov 2026", "25 Nov 2026, 15:00", "15:00", "350 m", "1.2 km", "412 km"),
    ],
)
def test_each_language_has_its_own_form(language, day, moment, time, near, far, very_far):
    assert catalogue.date(EPOCH, language) == day
    assert catalogue.day_and_time(EPOCH, language) == moment
    assert catalogue.clock_time(EPOCH, language) == time
    given = (352.0, 1234.5, 412_300.0)
    assert [catalogue.distance(m, language) for m in given] == [near, far, very_far]


def test_the_day_is_that_of_thailand():
    last_second = EPOCH + 9 * 3600 - 1
    assert catalogue.date(last_second, "en") == "25 Nov 2026"
    assert catalogue.date(last_second + 1, "en") == "26 Nov 2026"


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_a_year_has_twelve_months(language):
    assert len(set(TEXTS[language]["form.months"].split())) == 12


def test_a_report_of_another_day_is_shown_with_its_day():
    same = catalogue.words_for("en", {"opened_at": EPOCH, "changed_at": EPOCH + 60})
    later = catalogue.words_for("en", {"opened_at": EPOCH, "changed_at": EPOCH + 86_400})
    assert (same["opened"], later["opened"]) == ("15:00", "25 Nov 2026, 15:00")


# --- the language of a person ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("th", "th"),
        ("en", "en"),
        ("en-GB", "en"),
        ("EN", "en"),
        ("ja", None),
        ("zh-TW", None),
        ("", None),
        (None, None),
    ],
)
def test_a_language_of_line_is_one_of_ours_or_none(code, language):
    assert catalogue.known_language(code) == language


# --- a third language -----------------------------------------------------------------------------


@pytest.fixture
def with_third(tmp_path, monkeypatch):
    """The catalogue with a language more: a file, and its name in the list."""
    folder = tmp_path / "messages"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    third = {key: f"¿{text}" for key, text in TEXTS["en"].items()}
    third |= {key: TEXTS["en"][key] for key in ("form.months", "form.years_more")}
    (folder / "xx.json").write_text(json.dumps(third), "utf-8")
    order = {"order": [*catalogue.LANGUAGES, "xx"]}
    (folder / "languages.json").write_text(json.dumps(order), "utf-8")
    monkeypatch.setattr(catalogue, "files", lambda _package: folder)
    catalogue.load.cache_clear()
    monkeypatch.setattr(catalogue, "LANGUAGES", tuple(catalogue.load("languages")["order"]))
    yield
    catalogue.load.cache_clear()


@pytest.mark.usefixtures("with_third")
def test_a_third_language_is_a_data_file():
    for name in FORMS:
        (message,) = render([Prompt(name, PARAMS)], "xx")
        first = next(texts(message), "")
        assert first.startswith("¿"), name
    assert catalogue.known_language("xx-YY") == "xx"
    assert catalogue.day_and_time(EPOCH, "xx") == "¿¿25 Nov 2026, ¿15:00"


@pytest.mark.usefixtures("with_third")
def test_whoever_has_chosen_none_still_reads_the_first_two():
    for name in FORMS:
        (message,) = render([Prompt(name, PARAMS)], None)
        assert "¿" not in json.dumps(message, ensure_ascii=False), name

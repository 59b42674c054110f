"""Every text that people read, from the data files beside this module, by language.

A third language is a third file, and its name in ``languages.json``. A person who has not chosen,
and whose LINE speaks none of them, reads the first with the second beside it.
"""

import json
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from importlib.resources import files
from typing import Any

_THAILAND = timezone(timedelta(hours=7))  # no daylight saving since 1920; needs no tz database


@cache
def load(name: str) -> dict[str, Any]:
    """Return the data file ``<name>.json`` of this package, read once."""
    data: dict[str, Any] = json.loads(
        files(__package__).joinpath(f"{name}.json").read_text("utf-8")
    )
    return data


LANGUAGES: tuple[str, ...] = tuple(load("languages")["order"])
"""Thai first: also the order in which two are shown to a person who has not chosen."""


def known_language(code: str | None) -> str | None:
    """Return which of `LANGUAGES` a code as LINE writes it (``en``, ``zh-TW``) is, or None."""
    base = (code or "").partition("-")[0].lower()
    return base if base in LANGUAGES else None


def languages_for(language: str | None) -> tuple[str, ...]:
    """Return the languages to show, the main one first; two when `language` is not chosen."""
    return (language,) if language in LANGUAGES else LANGUAGES[:2]


def has_text(key: str) -> bool:
    """Tell whether the catalogue has a text named `key`."""
    return key in load(LANGUAGES[0])


def text(key: str, language: str, params: dict[str, Any] | None = None) -> str:
    """Return the text `key` in `language` with its placeholders filled.

    Raises:
        KeyError: there is no such text, or a placeholder that it names was not given.
    """
    template: str = load(language)[key]
    return template.format_map(words_for(language, params or {})) if "{" in template else template


def words_for(language: str, params: dict[str, Any]) -> dict[str, str]:
    """Return `params` in words of `language`: names, distance, time, kind, outcome.

    Recognises ``unit_th/unit_en`` and other names (``responder``, ``asked`` ...), ``distance_m``
    (metres), ``kind`` (1 to 5), ``reason``, ``phone`` (E.164), ``opened_at`` and ``changed_at``
    (epoch seconds), ``until_at``, a moment that may be on another day, what a reporter has said
    (``hurt``, ``still_there``, ``weapon``, ``who``), and numbers of files. For small screens it
    adds ``said``, all three answers in one line, and ``unit_away``, a unit with its distance.
    """
    words = {name: str(value) for name, value in params.items() if value is not None}
    for name in ("unit", "unit_holder", "responder", "asked", "called"):
        named = params.get(f"{name}_{language}") or params.get(f"{name}_th")
        if named:
            words[name] = str(named)
    if params.get("distance_m") is not None:
        words["distance"] = distance(float(params["distance_m"]), language)
    if "unit" in words:
        words["unit_away"] = " · ".join(words[one] for one in ("unit", "distance") if one in words)
    if params.get("kind") is not None:
        words["kind"] = load(language)[f"kind.{int(params['kind'])}"]
    if params.get("reason") is not None:
        words["reason"] = load(language)[f"reason.{params['reason']}"]
    if params.get("phone") is not None:
        words["phone"] = phone_number(str(params["phone"]))
    words |= _moments(language, params)
    return words | _about_reporter(language, params) | _about_others(language, params)


def _moments(language: str, params: dict[str, Any]) -> dict[str, str]:
    """Return the moments in `params`: the time of day, with the day where it may be another."""
    at = {
        name: float(params[f"{name}_at"])
        for name in ("opened", "changed", "until")
        if params.get(f"{name}_at") is not None
    }
    days = {date(at[name], language) for name in ("opened", "changed") if name in at}
    with_day = {"until", "opened"} if len(days) > 1 else {"until"}
    return {
        name: (day_and_time if name in with_day else clock_time)(epoch, language)
        for name, epoch in at.items()
    }


_FILES = ("images", "videos", "sounds")
"""Parameters that count files of each kind, as they are named."""


def _about_reporter(language: str, params: dict[str, Any]) -> dict[str, str]:
    """Return what a reporter has said, sent and reported before, in words of `language`."""
    texts, words, answers = load(language), {}, []
    for name in ("hurt", "weapon", "still_there"):
        if params.get(name) is not None:
            said = params[name]
            words[name] = texts["heard.unknown" if said == "unknown" else f"answer.{name}.{said}"]
            answers.append(texts[f"said.{name}.{said}"])
    if answers:
        words["said"] = " · ".join(answers)
    if params.get("who") is not None:
        words["who"] = texts[f"role.{params['who']}"]
    if params.get("can_talk") is False:
        words["calls"] = texts["calls.no"]
    files = [name for name in _FILES if params.get(name)]
    if files:
        told = (texts[f"files.{name}"].format(number=params[name]) for name in files)
        words["new_files"] = ", ".join(told)
    if params.get("earlier_false") is not None:
        words["history"] = texts["history.earlier_false"].format_map(params)
    return words


_SAME_NAMED = 3
"""Linked reports that a card names; of the others it says how many there are."""


def _about_others(language: str, params: dict[str, Any]) -> dict[str, str]:
    """Return what other reports of perhaps the same incident there are, in words of `language`."""
    texts, words, named, number = load(language), {}, [], 1
    while params.get(f"same_{number}_reference") is not None:
        holder = params.get(f"same_{number}_{language}") or params.get(f"same_{number}_th")
        text = texts[f"same.{params[f'same_{number}_state']}"]
        named.append(text.format(reference=params[f"same_{number}_reference"], holder=holder))
        number += 1
    if len(named) > _SAME_NAMED:
        more = texts["same.more"].format(number=len(named) - _SAME_NAMED)
        named = [*named[:_SAME_NAMED], more]
    if named:
        words["same"] = ", ".join(named)
    if params.get("near") is not None:
        words["near"] = texts["near.some"].format(near=params["near"])
    return words


def distance(metres: float, language: str) -> str:
    """Return a distance as people say it: metres below 1 km (to 10 m), else kilometres."""
    if metres < 995:
        return text("form.metres", language, {"number": f"{round(metres, -1):.0f}"})
    kilometres = metres / 1000
    number = f"{kilometres:.{1 if kilometres < 100 else 0}f}"
    return text("form.kilometres", language, {"number": number})


def clock_time(epoch: float, language: str) -> str:
    """Return the time of day in Thailand, ``14:05 น.`` or ``14:05``."""
    return text("form.clock", language, {"time": f"{_in_thailand(epoch):%H:%M}"})


def date(epoch: float, language: str) -> str:
    """Return the day in Thailand, ``25 พ.ย. 2569`` or ``25 Nov 2026``."""
    local = _in_thailand(epoch)
    month = text("form.months", language).split()[local.month - 1]
    year = local.year + int(text("form.years_more", language))
    return text("form.date", language, {"day": local.day, "month": month, "year": year})


def day_and_time(epoch: float, language: str) -> str:
    """Return day and time in Thailand, ``25 พ.ย. 2569 เวลา 20:00 น.`` or ``25 Nov 2026, 20:00``."""
    given = {"date": date(epoch, language), "time": clock_time(epoch, language)}
    return text("form.date_and_time", language, given)


def _in_thailand(epoch: float) -> datetime:
    return datetime.fromtimestamp(epoch, UTC).astimezone(_THAILAND)


def phone_number(e164: str) -> str:
    """Return a number as Thai people read it out: ``089-876-5432``; a foreign one as it is."""
    if not e164.startswith("+66"):
        return e164
    national = "0" + e164.removeprefix("+66")
    if national.startswith("02"):  # Bangkok's area code has two digits, all others three
        return f"{national[:2]}-{national[2:5]}-{national[5:]}"
    return f"{national[:3]}-{national[3:6]}-{national[6:]}"

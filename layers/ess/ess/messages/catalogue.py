"""Every text that people read, from the data files beside this module, by language.

A third language is a third file. A person who has not chosen reads Thai with English beside it.
"""

import json
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("th", "en")
"""Thai first: also the order in which both are shown to a person who has not chosen."""

_THAILAND = timezone(timedelta(hours=7))  # no daylight saving since 1920; needs no tz database


@cache
def load(name: str) -> dict[str, Any]:
    """Return the data file ``<name>.json`` of this package, read once."""
    data: dict[str, Any] = json.loads(
        files(__package__).joinpath(f"{name}.json").read_text("utf-8")
    )
    return data


def languages_for(language: str | None) -> tuple[str, ...]:
    """Return the languages to show, the main one first; both when `language` is not chosen."""
    return (language,) if language in LANGUAGES else LANGUAGES


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
    (epoch seconds), and ``until_at``, a moment that may be on another day.
    """
    words = {name: str(value) for name, value in params.items() if value is not None}
    for name in ("unit", "unit_holder", "responder", "asked", "called"):
        named = params.get(f"{name}_{language}") or params.get(f"{name}_th")
        if named:
            words[name] = str(named)
    if params.get("distance_m") is not None:
        words["distance"] = distance(float(params["distance_m"]), language)
    if params.get("kind") is not None:
        words["kind"] = load(language)[f"kind.{int(params['kind'])}"]
    if params.get("reason") is not None:
        words["reason"] = load(language)[f"reason.{params['reason']}"]
    if params.get("phone") is not None:
        words["phone"] = phone_number(str(params["phone"]))
    for name in ("opened", "changed"):
        if params.get(f"{name}_at") is not None:
            words[name] = clock_time(float(params[f"{name}_at"]), language)
    if params.get("until_at") is not None:
        words["until"] = day_and_time(float(params["until_at"]), language)
    return words


def distance(metres: float, language: str) -> str:
    """Return a distance as people say it: metres below 1 km (to 10 m), else kilometres."""
    if metres < 995:
        return f"{round(metres, -1):.0f} {'เมตร' if language == 'th' else 'm'}"
    kilometres = metres / 1000
    return f"{kilometres:.{1 if kilometres < 100 else 0}f} {'กม.' if language == 'th' else 'km'}"


def clock_time(epoch: float, language: str) -> str:
    """Return the time of day in Thailand, ``14:05 น.`` or ``14:05``."""
    local = datetime.fromtimestamp(epoch, UTC).astimezone(_THAILAND)
    return f"{local:%H:%M}{' น.' if language == 'th' else ''}"


def day_and_time(epoch: float, language: str) -> str:
    """Return time and day in Thailand, ``20:00 น. (30/11)`` or ``20:00 (30/11)``."""
    local = datetime.fromtimestamp(epoch, UTC).astimezone(_THAILAND)
    return f"{clock_time(epoch, language)} ({local.day}/{local.month})"


def phone_number(e164: str) -> str:
    """Return a number as Thai people read it out: ``089-876-5432``; a foreign one as it is."""
    if not e164.startswith("+66"):
        return e164
    national = "0" + e164.removeprefix("+66")
    if national.startswith("02"):  # Bangkok's area code has two digits, all others three
        return f"{national[:2]}-{national[2:5]}-{national[5:]}"
    return f"{national[:3]}-{national[3:6]}-{national[6:]}"

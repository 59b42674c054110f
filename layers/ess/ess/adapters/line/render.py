"""Prompts as LINE messages: plain dictionaries in LINE's own wire format.

No SDK here, since the webhook answers from a cold start; contract tests hold every message against
line-bot-sdk's models and LINE's written limits.
"""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from ess.domain.conversation import MOST_OTHERS, Prompt
from ess.domain.kinds import EMERGENCIES
from ess.domain.report import RESPONDER_REASONS, HandOverReason
from ess.domain.same_incident import MOST_LINKED
from ess.messages import catalogue

Json = dict[str, Any]

_TONES = {  # header colours with at least 4.5:1 contrast to white (WCAG 2.1 AA)
    "brand": "#B3261E",
    "alarm": "#8C1D18",
    "waiting": "#8A5300",
    "good": "#1B6E3C",
    "quiet": "#4A4F55",
}
_LOOKS = {  # background, text
    "danger": ("#B3261E", "#FFFFFF"),
    "primary": ("#1B5FAA", "#FFFFFF"),
    "plain": ("#EEF1F4", "#1F2933"),
    "forbidden": ("#FCE8E6", "#8C1D18"),
}
_INK = "#1F2933"
_FAINT = "#5B6670"
OFFICERS = "officer."
"""How the names of prompts to officers begin."""

_LABEL_LIMIT = 20  # quick reply and action labels, in grapheme clusters (LINE Messaging API)
_MESSAGES_LIMIT = 5  # messages in one request (LINE Messaging API)


def render(prompts: Sequence[Prompt], language: str | None, *, neutral: bool = False) -> list[Json]:
    """Return LINE messages for `prompts`: at most five, quick replies on the last one.

    Args:
        prompts: names from the catalogue, with what fills their placeholders.
        language: ``th``, ``en``, or None to show Thai with English beside it.
        neutral: turn texts, which a notification shows as they are, into bubbles, of which it shows
            the alternative text.

    Raises:
        KeyError: a prompt is not in the catalogue, or lacks a parameter that its text names.
    """
    messages = [_render_one(prompt, language) for prompt in prompts[:_MESSAGES_LIMIT]]
    if neutral:
        messages = [
            _unreadable_outside(message, prompt, language)
            for message, prompt in zip(messages, prompts, strict=False)
        ]
    if messages:
        quick = catalogue.load("forms")[prompts[len(messages) - 1].name].get("quick", ())
        shown = prompts[len(messages) - 1]
        language = _language_of(shown, language)
        items = [_quick_item(name, shown, language) for name in quick if _offered(name, shown)]
        # Someone who has chosen a language is offered only the other one.
        items = [i for i in items if i["action"].get("data") != f"a=language&l={language}"]
        if items:
            messages[-1]["quickReply"] = {"items": items}
    return messages


def _render_one(prompt: Prompt, language: str | None) -> Json:
    form = catalogue.load("forms")[prompt.name]
    return _FORMS[form["form"]](prompt, form, _language_of(prompt, language))


def _language_of(prompt: Prompt, language: str | None) -> str | None:
    """Return the language to show: an officer who has chosen none reads the first one alone.

    They are known to work in it, and a card of twice the length hides what matters.
    """
    if not prompt.name.startswith(OFFICERS):
        return language
    return catalogue.languages_for(language)[0]


def _unreadable_outside(message: Json, prompt: Prompt, language: str | None) -> Json:
    """Return `message`, or a bubble that says the same in the chat and nothing before it is open.

    Whatever alternative text a form has of its own is for officers.
    """
    alt = _labelled("alt.neutral", prompt, language)[0]
    if message["type"] != "text":
        return {**message, "altText": alt}
    lines = [_words(message["text"], size="md", color=_INK)]
    body = {"type": "box", "layout": "vertical", "paddingAll": "16px", "contents": lines}
    bubble = {"type": "bubble", "size": "mega", "body": body}
    return {"type": "flex", "altText": alt, "contents": bubble}


def _in_both(key: str, prompt: Prompt, language: str | None) -> tuple[str, str | None]:
    """Return a text in the main language and, if both are shown, in the other."""
    first, *rest = catalogue.languages_for(language)
    other = catalogue.text(key, rest[0], prompt.params) if rest else None
    return catalogue.text(key, first, prompt.params), other


def _labelled(key: str, prompt: Prompt, language: str | None) -> tuple[str, str | None]:
    """Return `_in_both`, with the label of an exercise where it is one."""
    first, other = _in_both(key, prompt, language)
    if not prompt.params.get("drill"):
        return first, other
    labels = [catalogue.text("drill.label", la) for la in catalogue.languages_for(language)]
    return labels[0] + first, None if other is None else labels[-1] + other


def _text_message(prompt: Prompt, _form: Json, language: str | None) -> Json:
    first, other = _labelled(prompt.name, prompt, language)
    return {"type": "text", "text": first if other is None else f"{first}\n{other}"}


def _words_message(prompt: Prompt, _form: Json, language: str | None) -> Json:
    """Return what somebody wrote, once, below a line that says who did."""
    first, other = _labelled(prompt.name, prompt, language)
    lines = [first, other, str(prompt.params["words"])]
    return {"type": "text", "text": "\n".join(line for line in lines if line is not None)}


def _card(prompt: Prompt, form: Json, language: str | None) -> Json:
    said = form.get("words")
    body = [
        # Before all else: who reads no more than the first line must have read what not to do.
        *(box for name in form.get("warnings", ()) for box in _warning(name, prompt, language)),
        *(
            [_words(str(prompt.params["words"]), size="md", color=_INK)]
            if said
            else _body_text(f"{prompt.name}.body", prompt, language)
        ),
        *_facts(prompt, form, language),
    ]
    wanted = [name for name in form.get("buttons", ()) if _offered(name, prompt)]
    footer = [_button(name, prompt, language) for name in wanted]
    return _bubble(prompt, form, language, body, footer)


def _kinds(prompt: Prompt, form: Json, language: str | None) -> Json:
    footer = [
        _row(f"kind.{int(kind)}", f"a=kind&k={int(kind)}", prompt, language, number=int(kind))
        for kind in EMERGENCIES
    ]
    body = _body_text("ask_kind.body", prompt, language)
    return _bubble(prompt, form, language, body, footer)


def _reasons(prompt: Prompt, form: Json, language: str | None) -> Json:
    report_id = prompt.params["report_id"]
    footer = [
        _row(f"reason.{reason}", f"o=close&r={report_id}&why={reason}", prompt, language)
        for reason in RESPONDER_REASONS
    ]
    body = _body_text("officer.close_reasons.body", prompt, language)
    return _bubble(prompt, form, language, body, footer)


def _hand_over_reasons(prompt: Prompt, form: Json, language: str | None) -> Json:
    report_id = prompt.params["report_id"]
    footer = [
        _row(f"handover.{reason}", f"o=hand_over&r={report_id}&why={reason}", prompt, language)
        for reason in HandOverReason
    ]
    body = _body_text("officer.hand_over_reasons.body", prompt, language)
    return _bubble(prompt, form, language, body, footer)


_IN_A_FIELD = str.maketrans({sign: quote(sign) for sign in "%&+;="})
"""What would end a field of a postback. No more: of an id in Thai, 300 characters are soon gone."""


def _units(prompt: Prompt, form: Json, language: str | None) -> Json:
    """Return a row for each unit that the desk may assign to, with its distance."""
    main = catalogue.languages_for(language)[0]
    footer = []
    for number in range(1, int(prompt.params.get("units") or 0) + 1):
        unit_id = str(prompt.params[f"unit_{number}_id"]).translate(_IN_A_FIELD)
        away = prompt.params.get(f"unit_{number}_m")
        name = prompt.params.get(f"unit_{number}_{main}") or prompt.params[f"unit_{number}_th"]
        lines = [_words(str(name), size="md", weight="bold", color=_INK)]
        if away is not None:
            lines.append(_words(catalogue.distance(float(away), main), size="xs", color=_FAINT))
        data = f"o=assign&r={prompt.params['report_id']}&to={unit_id}"
        footer.append(_tappable(lines, _postback(data, str(name))))
    body = _body_text("officer.assign_units.body", prompt, language)
    return _bubble(prompt, form, language, body, footer)


def _kinds_of(prompt: Prompt, form: Json, language: str | None) -> Json:
    """Return a row for each emergency that a text may mean, and one for all five."""
    named = [prompt.params.get(f"kind_{number}") for number in range(1, len(EMERGENCIES) + 1)]
    kinds = [int(kind) for kind in named if kind is not None]
    footer = [
        _row(f"kind.{kind}", f"a=kind&k={kind}", prompt, language, number=kind) for kind in kinds
    ]
    footer.append(_row("action.other_kind", "a=kinds", prompt, language))
    return _bubble(prompt, form, language, _body_text("ask_kind_of.body", prompt, language), footer)


def _other_reports(prompt: Prompt, form: Json, language: str | None) -> Json:
    """Return a row for each of several reports of a person: its reference, when it was and what."""
    main = catalogue.languages_for(language)[0]
    footer = []
    data = form.get("data", "a=switch&r=")
    for number in range(1, form.get("most", MOST_OTHERS) + 1):
        report_id = prompt.params.get(f"other_{number}_id")
        if report_id is None:
            continue
        reference = str(prompt.params[f"other_{number}_reference"])
        opened = catalogue.day_and_time(float(prompt.params[f"other_{number}_at"] or 0), main)
        kind = catalogue.text(f"kind.{prompt.params[f'other_{number}_kind']}", main)
        lines = [
            _words(f"{reference} · {opened}", size="md", weight="bold", color=_INK),
            _words(kind, size="xs", color=_FAINT),
        ]
        footer.append(_tappable(lines, _postback(f"{data}{report_id}", reference)))
    body = _body_text(f"{prompt.name}.body", prompt, language)
    return _bubble(prompt, form, language, body, footer)


def _closed(prompt: Prompt, form: Json, language: str | None) -> Json:
    """Return what was closed, and a row for each linked report to close as well, for the same."""
    footer = []
    for number in range(1, MOST_LINKED + 1):
        report_id = prompt.params.get(f"held_{number}_id")
        if report_id is None:
            break
        reference = str(prompt.params[f"held_{number}_reference"])
        first, other = _in_both("officer.close_same", prompt, language)
        lines = [
            _words(f"{first}: {reference}", size="md", weight="bold", color=_INK),
            *([_words(other, size="xs", color=_FAINT)] if other else []),
        ]
        data = f"o=close&r={report_id}&why={prompt.params['reason']}"
        footer.append(_tappable(lines, _postback(data, f"{first}: {reference}")))
    body = _body_text(f"{prompt.name}.body", prompt, language)
    return _bubble(prompt, form, language, body, footer)


def _choices(prompt: Prompt, form: Json, language: str | None) -> Json:
    """Return a row for each choice of the form: a text of the catalogue, and what a tap sends."""
    words = _Quoted(prompt.params)
    footer = [
        _row(key, data.format_map(words), prompt, language) for key, data in form["choices"].items()
    ]
    body = _body_text(f"{prompt.name}.body", prompt, language)
    return _bubble(prompt, form, language, body, footer)


_FORMS: dict[str, Callable[[Prompt, Json, str | None], Json]] = {
    "text": _text_message,
    "words": _words_message,
    "card": _card,
    "kinds": _kinds,
    "reasons": _reasons,
    "hand_over_reasons": _hand_over_reasons,
    "units": _units,
    "kinds_of": _kinds_of,
    "choices": _choices,
    "other_reports": _other_reports,
    "closed": _closed,
}


def _bubble(
    prompt: Prompt, form: Json, language: str | None, body: list[Json], footer: list[Json]
) -> Json:
    title, other = _labelled(f"{prompt.name}.title", prompt, language)
    head = [_words(title, size="lg", weight="bold", color="#FFFFFF")]
    if other:
        head.append(_words(other, size="xs", color="#FFFFFF"))
    bubble: Json = {
        "type": "bubble",
        "size": "mega",
        "header": {
            "type": "box",
            "layout": "vertical",
            "backgroundColor": _TONES[form["tone"]],
            "paddingAll": "16px",
            "contents": head,
        },
        "body": {
            "type": "box",
            "layout": "vertical",
            "spacing": "md",
            "paddingAll": "16px",
            "contents": body,
        },
    }
    if footer:
        bubble["footer"] = {
            "type": "box",
            "layout": "vertical",
            "spacing": "sm",
            "paddingAll": "12px",
            "contents": footer,
        }
    return {"type": "flex", "altText": _preview(prompt, form, language), "contents": bubble}


def _preview(prompt: Prompt, form: Json, language: str | None) -> str:
    """Return the alternative text, which a lock screen shows.

    What a reporter gets says nothing of the incident; an officer reads here already not to call.
    """
    main = catalogue.languages_for(language)[0]
    shown = catalogue.text(form.get("alt", "alt.neutral"), main, prompt.params)
    if "alt" in form and "silent" in form.get("warnings", ()) and _applies("silent", prompt):
        shown = catalogue.text("alt.silent", main, {"alt": shown})
    label = catalogue.text("drill.label", main) if prompt.params.get("drill") else ""
    return label + shown


def _body_text(key: str, prompt: Prompt, language: str | None) -> list[Json]:
    first, other = _in_both(key, prompt, language)
    lines = [_words(first, size="md", color=_INK)]
    if other:
        lines.append(_words(other, size="xs", color=_FAINT))
    return lines


_WARNINGS = {
    "silent": ("can_talk", False),
    "again": ("again", True),
    "moved": ("moved", True),
    "new_pin": ("new_pin", True),
    "pin_doubt": ("pin_doubt", True),
}
"""When a card carries which warning: the parameter, and the value that it must have."""


def _applies(warning: str, prompt: Prompt) -> bool:
    parameter, value = _WARNINGS[warning]
    return prompt.params.get(parameter) is value


def _warning(name: str, prompt: Prompt, language: str | None) -> list[Json]:
    if not _applies(name, prompt):
        return []
    first, other = _in_both(f"officer.offer_{name}", prompt, language)
    lines = [_words(first, size="md", weight="bold", color="#FFFFFF")]
    if other:
        lines.append(_words(other, size="xs", color="#FFFFFF"))
    return [
        {
            "type": "box",
            "layout": "vertical",
            "backgroundColor": _TONES["alarm"],
            "cornerRadius": "6px",
            "paddingAll": "10px",
            "contents": lines,
        }
    ]


def _facts(prompt: Prompt, form: Json, language: str | None) -> list[Json]:
    main = catalogue.languages_for(language)[0]
    words = catalogue.words_for(main, prompt.params)
    rows = [
        {
            "type": "box",
            "layout": "horizontal",
            "spacing": "sm",
            "contents": [
                _words(catalogue.text(f"fact.{name}", main), size="sm", color=_FAINT, flex=3),
                _words(words[name], size="sm", weight="bold", color=_INK, flex=7),
            ],
        }
        for name in form.get("facts", ())
        if words.get(name)
    ]
    return [{"type": "separator"}, *rows] if rows else []


def _offered(name: str, prompt: Prompt) -> bool:
    """Tell whether a button makes sense: nobody is offered a call to a number not given."""
    parameter, value = catalogue.load("actions")[name].get("when", (None, None))
    if parameter is not None and prompt.params.get(parameter) is not value:
        return False
    if name == "call_reporter":
        return bool(prompt.params.get("phone")) and prompt.params.get("can_talk") is not False
    if name == "assign":
        return bool(prompt.params.get("at_desk"))
    if name == "open_page":
        return bool(prompt.params.get("page"))
    return True


def _button(name: str, prompt: Prompt, language: str | None) -> Json:
    action = catalogue.load("actions")[name]
    background, ink = _LOOKS[action["look"]]
    first, other = _in_both(f"action.{name}", prompt, language)
    lines = [_words(first, size="md", weight="bold", color=ink, align="center")]
    if other and other != first:
        lines.append(_words(other, size="xs", color=ink, align="center"))
    return {
        "type": "box",
        "layout": "vertical",
        "backgroundColor": background,
        "cornerRadius": "8px",
        "paddingAll": "12px",
        **({} if action["type"] == "none" else {"action": _action(action, first, prompt)}),
        "contents": lines,
    }


def _row(
    key: str, data: str, prompt: Prompt, language: str | None, number: int | None = None
) -> Json:
    """Return a large tappable row: number, main text, and the other language below."""
    first, other = _in_both(key, prompt, language)
    lines = [_words(first, size="md", weight="bold", color=_INK)]
    if other:
        lines.append(_words(other, size="xs", color=_FAINT))
    contents: list[Json] = []
    if number is not None:
        contents.append(
            _words(str(number), size="xl", weight="bold", color=_TONES["brand"], flex=0)
        )
    return _tappable(lines, _postback(data, first), contents)


def _tappable(lines: list[Json], action: Json, before: Sequence[Json] = ()) -> Json:
    return {
        "type": "box",
        "layout": "horizontal",
        "spacing": "lg",
        "alignItems": "center",
        "backgroundColor": _LOOKS["plain"][0],
        "cornerRadius": "8px",
        "paddingAll": "12px",
        "action": action,
        "contents": [*before, {"type": "box", "layout": "vertical", "flex": 1, "contents": lines}],
    }


def _quick_item(name: str, prompt: Prompt, language: str | None) -> Json:
    action = catalogue.load("actions")[name]
    first, other = _in_both(f"action.{action.get('label', name)}", prompt, language)
    both = f"{first} {other}"
    label = both if other and other != first and _width(both) <= _LABEL_LIMIT else first
    return {"type": "action", "action": _action(action, label, prompt)}


def _action(action: Json, label: str, prompt: Prompt) -> Json:
    label = _clip(label)
    if action["type"] == "location":
        return {"type": "location", "label": label}
    if action["type"] == "link":  # an address of ours, whole
        return {"type": "uri", "label": label, "uri": str(prompt.params["page"])}
    words = _Quoted(prompt.params)
    if action["type"] == "uri":
        return {"type": "uri", "label": label, "uri": action["uri"].format_map(words)}
    return _postback(action["data"].format_map(words), label)


class _Quoted:
    """Parameters as an address takes them; one is quoted when it is named, since most are not."""

    def __init__(self, params: Mapping[str, Any]) -> None:
        self._params = params

    def __getitem__(self, name: str) -> str:
        return quote(str(self._params[name]), safe="+.,-")


def _postback(data: str, label: str) -> Json:
    return {"type": "postback", "label": _clip(label), "data": data, "displayText": label}


def _words(text: str, **style: str | int) -> Json:
    return {"type": "text", "text": text, "wrap": True, **style}


def _width(text: str) -> int:
    """Return the number of grapheme clusters, near enough: marks above and below take no room."""
    return sum(not unicodedata.category(character).startswith("M") for character in text)


def _clip(label: str) -> str:
    kept, width = "", 0
    for character in label:
        width += not unicodedata.category(character).startswith("M")
        if width > _LABEL_LIMIT:
            break
        kept += character
    return kept

"""Prompts as LINE messages: plain dictionaries in LINE's own wire format.

No SDK here, since the webhook answers from a cold start; contract tests hold every message against
line-bot-sdk's models and LINE's written limits.
"""

import unicodedata
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote

from ess.domain.conversation import Prompt
from ess.domain.kinds import Kind
from ess.domain.report import RESPONDER_REASONS, HandOverReason
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
}
_INK = "#1F2933"
_FAINT = "#5B6670"
_LABEL_LIMIT = 20  # quick reply and action labels, in grapheme clusters (LINE Messaging API)
_MESSAGES_LIMIT = 5  # messages in one request (LINE Messaging API)


def render(prompts: Sequence[Prompt], language: str | None) -> list[Json]:
    """Return LINE messages for `prompts`: at most five, quick replies on the last one.

    Args:
        prompts: names from the catalogue, with what fills their placeholders.
        language: ``th``, ``en``, or None to show Thai with English beside it.

    Raises:
        KeyError: a prompt is not in the catalogue, or lacks a parameter that its text names.
    """
    messages = [_render_one(prompt, language) for prompt in prompts[:_MESSAGES_LIMIT]]
    if messages:
        quick = catalogue.load("forms")[prompts[len(messages) - 1].name].get("quick", ())
        items = [_quick_item(name, prompts[-1], language) for name in quick]
        # Someone who has chosen a language is offered only the other one.
        items = [i for i in items if i["action"].get("data") != f"a=language&l={language}"]
        if items:
            messages[-1]["quickReply"] = {"items": items}
    return messages


def _render_one(prompt: Prompt, language: str | None) -> Json:
    form = catalogue.load("forms")[prompt.name]
    return _FORMS[form["form"]](prompt, form, language)


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


def _card(prompt: Prompt, form: Json, language: str | None) -> Json:
    body = [
        *_body_text(f"{prompt.name}.body", prompt, language),
        *(box for name in form.get("warnings", ()) for box in _warning(name, prompt, language)),
        *_facts(prompt, form, language),
    ]
    wanted = [name for name in form.get("buttons", ()) if _offered(name, prompt)]
    footer = [_button(name, prompt, language) for name in wanted]
    return _bubble(prompt, form, language, body, footer)


def _kinds(prompt: Prompt, form: Json, language: str | None) -> Json:
    footer = [
        _row(f"kind.{int(kind)}", f"a=kind&k={int(kind)}", prompt, language, number=int(kind))
        for kind in Kind
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


_FORMS: dict[str, Callable[[Prompt, Json, str | None], Json]] = {
    "text": _text_message,
    "card": _card,
    "kinds": _kinds,
    "reasons": _reasons,
    "hand_over_reasons": _hand_over_reasons,
    "units": _units,
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
    # A lock screen shows the alternative text: what a reporter gets says nothing of the incident.
    alt = _labelled(form.get("alt", "alt.neutral"), prompt, language)[0]
    return {"type": "flex", "altText": alt, "contents": bubble}


def _body_text(key: str, prompt: Prompt, language: str | None) -> list[Json]:
    first, other = _in_both(key, prompt, language)
    lines = [_words(first, size="md", color=_INK)]
    if other:
        lines.append(_words(other, size="xs", color=_FAINT))
    return lines


_WARNINGS = {"silent": ("can_talk", False), "again": ("again", True)}
"""When a card carries which warning: the parameter, and the value that it must have."""


def _warning(name: str, prompt: Prompt, language: str | None) -> list[Json]:
    parameter, value = _WARNINGS[name]
    if prompt.params.get(parameter) is not value:
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
    if name == "call_reporter":
        return bool(prompt.params.get("phone")) and prompt.params.get("can_talk") is not False
    if name == "assign":
        return bool(prompt.params.get("at_desk"))
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
        "action": _action(action, first, prompt),
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
    words = {name: quote(str(value), safe="+.,-") for name, value in prompt.params.items()}
    if action["type"] == "uri":
        return {"type": "uri", "label": label, "uri": action["uri"].format_map(words)}
    return _postback(action["data"].format_map(words), label)


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

"""The page behind the link in an officer's SMS, for phones of 2012 and later.

HTML 4 in spirit: no script, nothing from elsewhere, one style sheet inside, a form for each button.
Thai first, English small below. Everything that comes from people is escaped here and only here.
"""

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from html import escape
from importlib.resources import files
from string import Template
from typing import Any
from urllib.parse import quote

from ess.domain.answer_page import Choice, Press, Sheet, Stand
from ess.messages import catalogue

TYPE = "text/html; charset=utf-8"
REMARK_LIMIT = 500
"""Characters; as many as a report keeps of a note."""

_UNKNOWN = "—"
"""Stands for a name that the report no longer knows, such as that of a unit assigned by hand."""


class AnswerPage:
    """Renders the page; `headers` go with each answer, whatever it is."""

    @property
    def headers(self) -> dict[str, str]:
        """Return the headers that every answer carries."""
        digest = base64.b64encode(hashlib.sha256(_file("page.css").encode()).digest()).decode()
        policy = (
            f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; "
            "frame-ancestors 'none'; base-uri 'none'"
        )
        return {
            "Content-Type": TYPE,
            "Cache-Control": "no-store",
            "Content-Security-Policy": policy,
            "Referrer-Policy": "no-referrer",
            "Strict-Transport-Security": "max-age=31536000",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "X-Robots-Tag": "noindex, nofollow",
        }

    def sheet(self, sheet: Sheet, token: str) -> str:
        """Return the page that shows `sheet`; its buttons go to the link of `token`."""
        form = catalogue.load("page")["stands"][sheet.stand.value]
        facts = {"unit": _UNKNOWN, "responder": _UNKNOWN} | sheet.facts
        body, said = [_drill(facts)], _said(sheet, facts)
        if sheet.choosing:
            body += [_head([f"page.choose.{sheet.choosing}"], facts), _choices(sheet, token)]
        else:
            body += [
                _head([_title(sheet, facts), f"kind.{facts['kind']}"], facts),
                _note(sheet.note),
                _warning(form, facts),
                said if form.get("says_first") else "",
                _table(form.get("first", ()), facts),
                _links(form, facts),
                *(_button(act, sheet, token) for act in sheet.acts),
                "" if form.get("says_first") else said,
                _table(form["facts"], facts),
                _reported(sheet.words),
                _files(sheet, token),
                _link(_address(token), "page.reload", facts, "plain"),
            ]
        return _page(f"ESS {facts['reference']}", form["tone"], body)

    def notice(self, name: str) -> str:
        """Return a page that says why there is nothing to show: ``refused`` or ``expired``."""
        return _page("ESS", "quiet", [*_titled(name), _call191()])

    def trouble(self, token: str, press: Press | None) -> str:
        """Return the page for when something did not answer, with the same button once more.

        Args:
            token: as it came; it may not have been read.
            press: what was pressed; None if the page was only to be shown.
        """
        again = _link(_address(token), "page.reload", {}, "go")
        if press is not None and f"page.act.{press.act}" in catalogue.load("th"):
            kept = {"act": press.act, "choice": press.choice, "note": press.note}
            kept["help_calls"] = None if press.help_calls is None else str(press.help_calls)
            again = _form(token, kept, _submit(_both(f"page.act.{press.act}", {}), "go"))
        return _page("ESS", "waiting", [*_titled("trouble"), again, _call191()])


# --- parts of a page ----------------------------------------------------------------------------


@cache
def _file(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")


def _page(title: str, tone: str, body: list[str]) -> str:
    return Template(_file("page.html")).substitute(
        title=escape(title),
        style=_file("page.css"),
        tone=tone,
        body="\n".join(part for part in body if part),
    )


def _both(key: str, params: dict[str, Any]) -> str:
    """Return a text in Thai with its English below it, escaped."""
    thai, english = (
        catalogue.text(key, language, params) for language in catalogue.languages_for(None)
    )
    return f'{escape(thai)}<small lang="en">{escape(english)}</small>'


def _address(token: str, query: str = "") -> str:
    # The whole last part, not "?...": some old browsers lose the path of a bare query.
    return escape(quote(token, safe="") + query)


def _titled(name: str) -> list[str]:
    return [_head([f"page.{name}.title"], {}), f"<p>{_both(f'page.{name}.body', {})}</p>"]


def _head(keys: list[str], facts: dict[str, Any]) -> str:
    lines = [f"<h{n}>{_both(key, facts)}</h{n}>" for n, key in enumerate(keys, start=1)]
    return f'<div class="head">{"".join(lines)}</div>'


def _title(sheet: Sheet, facts: dict[str, Any]) -> str:
    """Return the name of the title: the one for the report's status, if there is one."""
    closer = f"page.{sheet.stand}.{facts['status']}.title"
    return closer if catalogue.has_text(closer) else f"page.{sheet.stand}.title"


def _drill(facts: dict[str, Any]) -> str:
    return f'<div class="drill">{_both("page.drill", {})}</div>' if facts.get("drill") else ""


def _note(code: str | None) -> str:
    if code is None:
        return ""
    look = "miss" if code in catalogue.load("page")["refusals"] else "note"
    return f'<div class="{look}" role="status">{_both(f"page.note.{code}", {})}</div>'


def _warning(form: dict[str, Any], facts: dict[str, Any]) -> str:
    if not form.get("warn_silent"):
        return ""
    silent = facts.get("can_talk") is False
    told = {"officer.offer_silent": silent, "officer.offer_pin_doubt": facts.get("pin_doubt")}
    return "".join(f'<div class="warn">{_both(key, {})}</div>' for key, so in told.items() if so)


def _said(sheet: Sheet, facts: dict[str, Any]) -> str:
    """Return what the page says in words; each line is there if the catalogue has it."""
    keys = [f"page.{sheet.stand}.body", f"page.{sheet.stand}.{facts['status']}"]
    if sheet.said_no:
        keys.append(f"page.{sheet.stand}.said_no")
    lines = [_both(key, facts) for key in keys if catalogue.has_text(key)]
    if sheet.stand is Stand.YOURS and facts.get("can_talk") and not facts.get("phone"):
        lines.append(_both("officer.accepted_no_phone", {}))
    return "".join(f"<p>{line}</p>" for line in lines)


def _table(names: Sequence[str], facts: dict[str, Any]) -> str:
    words = catalogue.words_for("th", facts)
    rows = [
        f'<tr><td class="k">{escape(catalogue.text(f"fact.{name}", "th"))}</td>'
        f'<td class="v">{escape(words[name])}</td></tr>'
        for name in names
        if words.get(name, _UNKNOWN) != _UNKNOWN
    ]
    return f"<table>{''.join(rows)}</table>" if rows else ""


def _reported(words: Sequence[str]) -> str:
    """Return what the reporter wrote, the latest first: that is what has not been read."""
    if not words:
        return ""
    lines = "".join(f"<p>{escape(line)}</p>" for line in reversed(words))
    return f'<div class="said"><p class="k">{_both("page.words", {})}</p>{lines}</div>'


def _files(sheet: Sheet, token: str) -> str:
    links = [
        _link(_address(token, f"/m/{ref.media_id}"), f"page.file.{ref.kind}", {"number": n}, "")
        for n, ref in enumerate(sheet.files, start=1)
    ]
    head = f'<p class="k">{_both("page.files", {})}</p>' if links else ""
    return head + "".join(links)


def _links(form: dict[str, Any], facts: dict[str, Any]) -> str:
    known = catalogue.load("actions")
    links = []
    for name in form.get("links", ()):
        if name == "call_reporter" and not (facts.get("phone") and facts.get("can_talk")):
            continue
        quoted = {key: quote(str(value), safe="+.,-") for key, value in facts.items()}
        address = escape(known[name]["uri"].format_map(quoted))
        links.append(_link(address, f"action.{name}", facts, ""))
    return "".join(links)


def _link(address: str, key: str, facts: dict[str, Any], look: str) -> str:
    """Return a large link; `address` is escaped already."""
    look = f"b {look}".strip()
    return f'<a class="{look}" rel="noreferrer" href="{address}">{_both(key, facts)}</a>'


def _call191() -> str:
    return _link("tel:191", "page.call191", {}, "plain")


def _button(act: str, sheet: Sheet, token: str) -> str:
    known = catalogue.load("page")
    look, words = known["acts"][act], _both(f"page.act.{act}", {})
    if act in known["choosing"]:  # a page of its own, so that one wrong tap ends nothing
        return _link(_address(token, f"?f={act}"), f"page.act.{act}", {}, look)
    kept = {"act": act, "help_calls": str(sheet.help_calls) if act == "help" else None}
    return _form(token, kept, _submit(words, look))


def _choices(sheet: Sheet, token: str) -> str:
    act = sheet.choosing or ""
    remark = ""
    if act in catalogue.load("page")["remarks"]:
        remark = (
            f'<label>{_both("page.choose.remark", {})}<textarea name="note" rows="2" '
            f'maxlength="{REMARK_LIMIT}"></textarea></label>'
        )
    buttons = [
        _submit(_named(choice), "", f' name="choice" value="{escape(choice.value)}"')
        for choice in sheet.choices
    ]
    back = _link(_address(token), "page.back", {}, "plain")
    return _form(token, {"act": act}, remark + "".join(buttons)) + back


def _named(choice: Choice) -> str:
    unit = choice.unit
    if unit is None:
        return _both(f"reason.{choice.value}", {})
    away = ["", ""]
    if unit.distance_m is not None:
        away = [
            f" · {catalogue.distance(unit.distance_m, one)}"
            for one in catalogue.languages_for(None)
        ]
    thai, english = escape(unit.name_th + away[0]), escape(unit.name_en + away[1])
    return f'{thai}<small lang="en">{english}</small>'


def _form(token: str, kept: dict[str, str | None], inside: str) -> str:
    fields = "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">'
        for name, value in kept.items()
        if value
    )
    return (
        f'<form method="post" action="{_address(token)}" accept-charset="utf-8">'
        f"{fields}{inside}</form>"
    )


def _submit(words: str, look: str, more: str = "") -> str:
    look = f"b {look}".strip()
    return f'<button type="submit" class="{look}"{more}>{words}</button>'

"""What officers are told about a report: the facts they may know, and the news for the others."""

from ess.domain.conversation import Params, Prompt
from ess.domain.dispatch import may_take_over
from ess.domain.ladder import Unit, spoken
from ess.domain.report import ClosingReason, Notified, Part, Report, Status
from ess.domain.reporter import MARKED_FROM


def facts(report: Report, unit: Unit | None = None) -> Params:
    """Return what cards and lines to officers may name; without the reporter's number and pin.

    Args:
        report: the report.
        unit: whose name and distance to give; by default whoever accepted it or was reached.
    """
    person = report.acknowledger
    unit_th, unit_en, distance_m = spoken([unit] if unit else report.named_units)
    known: Params = {
        "report_id": report.report_id,
        "reference": report.reference,
        "kind": int(report.kind),
        "place": report.place,
        "can_talk": report.can_talk,
        "opened_at": report.opened_at,
        "status": report.status.value,
        "reason": report.closing_reason.value if report.closing_reason else None,
        "responder_th": person.name_th if person else None,
        "responder_en": person.name_en if person else None,
        "unit_th": unit_th or None,
        "unit_en": unit_en or None,
        "distance_m": distance_m,
    }
    return known | said(report) | label(report)


def said(report: Report) -> Params:
    """Return what the reporter has said beside kind and place; their texts and files by number."""
    return {
        "who": report.who,
        "landmark": report.landmark,
        "hurt": report.hurt,
        "still_there": report.still_there,
        "weapon": report.weapon,
        "files": len(report.files) or None,
        # One may be a mistake; what several mean is for whoever goes to judge.
        "earlier_false": report.earlier_false if report.earlier_false >= MARKED_FROM else None,
        "pin_doubt": report.pin_doubt is not None or None,
        # The ladder stays, and with it the distances: whoever is asked from now on should know.
        "moved": report.pin_moves > 0 or None,
    }


def label(report: Report) -> Params:
    """Return what marks a message about an exercise; nothing for a real report."""
    return {"drill": True} if report.drill else {}


def facts_for(report: Report, person: Notified) -> Params:
    """Return `facts` with the name and distance of the person's own unit."""
    return facts(report, report.unit(person.unit_id))


def facts_with_place(report: Report) -> Params:
    """Return `facts` with the pin, in degrees WGS84: for people who are asked to go there."""
    return facts(report) | pin(report)


def pin(report: Report) -> Params:
    """Return the pin, in degrees WGS84."""
    return {"latitude": report.pin.latitude, "longitude": report.pin.longitude}


def sms_facts(report: Report, person: Notified) -> Params:
    """Return what an SMS to an officer may say: no place, no number."""
    known = facts_for(report, person)
    names = ("kind", "reference", "unit_th", "unit_en", "drill")
    return {name: known[name] for name in names if name in known}


def news_for(person: Notified, report: Report) -> Prompt:
    """Return the line for a person whom an accepted or closed report was offered to."""
    if report.status is not Status.CLOSED:
        if may_take_over(report, person):
            return Prompt("officer.taken_by_desk", facts(report))
        informed = person.part is Part.INFORMED
        return Prompt("officer.informed_taken" if informed else "officer.taken", facts(report))
    if report.closing_reason is ClosingReason.CANCELLED_BY_REPORTER:
        return Prompt("officer.cancelled", facts(report))
    return Prompt("officer.closed", facts(report))


def still_listening(report: Report) -> list[Notified]:
    """Return those it was offered to, without those who said that they cannot go."""
    return [
        person
        for person in report.notified
        if person.responder_id == report.acknowledged_by
        or person.responder_id not in report.declined
    ]


def others(report: Report) -> list[Notified]:
    """Return those of `still_listening` who have LINE and are not the one who accepted."""
    return [
        person
        for person in still_listening(report)
        if person.line_user_id and person.responder_id != report.acknowledged_by
    ]

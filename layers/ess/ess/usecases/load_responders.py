"""Load a list of responders without losing what the service knows of them besides."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import groupby

from ess.domain.responder import Responder
from ess.ports.responders import Responders
from ess.usecases.change_responder import change_responder


@dataclass(slots=True)
class Loaded:
    """What became of the list.

    Args:
        new: how many were not there before.
        changed: how many are not the same as before.
        unchanged: how many already were as the list says.
        planned: those whose plan of shifts says when they are on duty, not the list.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    planned: list[Responder] = field(default_factory=list)


def load_responders(given: Iterable[Responder], responders: Responders) -> Loaded:
    """Store each of `given` in the place of the one of the same unit and id.

    Shifts stay, and so does the word of somebody who has a plan of shifts; see `merged`.

    Args:
        given: as their unit describes them.

    Raises:
        ResponderChanged, TemporaryFailure: some were not stored; loading again does the rest.
    """
    loaded, new = Loaded(), []
    ordered = sorted(given, key=lambda person: person.unit_id)
    for unit_id, people in groupby(ordered, key=lambda person: person.unit_id):
        known = {person.responder_id: person for person in responders.of_unit(unit_id)}
        for person in people:
            before = known.get(person.responder_id)
            if before is None:
                new.append(person)
                continue
            if before.shifts and before.on_duty != person.on_duty:
                loaded.planned.append(before)
            if merged(before, person) == before:
                loaded.unchanged += 1
            else:
                _replace(responders, person)
                loaded.changed += 1
    responders.put(new)
    loaded.new = len(new)
    return loaded


def merged(before: Responder, given: Responder) -> Responder:
    """Return `given` with what only the service knows.

    What the list says of duty does not count for somebody with a plan, and gives way to a plan
    that is loaded later: it is nobody's own word. Another LINE account is not known as blocked.
    """
    keeps_duty = bool(before.shifts) or before.on_duty == given.on_duty
    return replace(
        given,
        on_duty=before.on_duty if keeps_duty else given.on_duty,
        duty_set_at=before.duty_set_at if keeps_duty else None,
        shifts=before.shifts,
        line_blocked=before.line_blocked and before.line_user_id == given.line_user_id,
        language=before.language if before.line_user_id == given.line_user_id else None,
        version=before.version,
    )


def _replace(responders: Responders, given: Responder) -> None:
    stored = change_responder(
        responders, given.unit_id, given.responder_id, lambda before: merged(before, given)
    )
    if stored is None:  # removed since the unit was read
        responders.put([given])

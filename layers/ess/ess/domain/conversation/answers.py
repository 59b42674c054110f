"""What a person is told and asked next."""

from ess.domain.conversation.inputs import QUESTIONS
from ess.domain.conversation.outcome import Outcome
from ess.domain.conversation.state import ActiveReport, Conversation, Draft, Params, Prompt, Step
from ess.domain.kinds import EMERGENCIES, Kind
from ess.domain.report import SEARCHING, ClosingReason, Status


def drill_label(drill: bool) -> Params:
    """Return what marks a prompt as part of an exercise."""
    return {"drill": True} if drill else {}


def status_prompt(active: ActiveReport) -> Prompt:
    """Return the message that says where `active` stands; one text for each true state."""
    name = f"status.{active.status.value}"
    if active.status in SEARCHING and active.nobody_reached:
        name = "status.nobody_reached"
    elif active.status is Status.NOTIFIED and active.at_desk:
        name = "status.at_desk"
    elif active.status is Status.ACKNOWLEDGED and active.by_desk:
        name = "status.desk_acknowledged"
    elif active.status is Status.CLOSED and cancelled(active):
        name = "status.cancelled"
    elif active.status is Status.CLOSED and active.may_ask:
        name = "status.closed_ask"
    return Prompt(name, status_params(active))


def status_params(active: ActiveReport) -> Params:
    """Return the facts that status texts may name."""
    known: Params = {
        "reference": active.reference,
        "kind": int(active.kind),
        "unit_th": active.unit_th,
        "unit_en": active.unit_en,
        "distance_m": active.distance_m,
        "responder_th": active.responder_th,
        "responder_en": active.responder_en,
        "reason": active.closing_reason,
        "opened_at": active.opened_at,
        "changed_at": active.changed_at,
        "report_id": active.report_id,
        "can_talk": active.can_talk,
        "who": active.who,
        "notes": active.notes or None,
        # How many, and nothing else of the others.
        "near": (active.near or None) if active.status is not Status.OPENED else None,
    }
    return known | drill_label(active.drill)


def cancelled(active: ActiveReport) -> bool:
    """Tell whether its reporter cancelled `active`."""
    return active.closing_reason == ClosingReason.CANCELLED_BY_REPORTER


def ask_next(conversation: Conversation) -> tuple[Prompt, ...]:
    """Return the question of the present step."""
    draft, active = conversation.draft, conversation.active
    match conversation.step:
        case Step.CHOOSE_KIND:
            return (Prompt("ask_kind"),)
        case Step.SHARE_PIN:
            kind = int(draft.kind) if draft and draft.kind else None
            return (Prompt("ask_pin", {"kind": kind}),)
        case Step.CONFIRM_PIN:
            return (_before_opening(draft),) if draft else ()
        case Step.GIVE_PHONE:
            return (Prompt("ask_phone", {"reference": active.reference if active else ""}),)
        case Step.FOLLOWING:
            return (status_prompt(active),) if active else ()
        case Step.IDLE:
            return (Prompt("menu"),)


def _before_opening(draft: Draft) -> Prompt:
    """Return what is asked of a draft that has all it needs."""
    if draft.pin_settled:
        # It was not opened since its sender may not want it: that is still the question.
        return Prompt("cancel_draft", drill_label(draft.drill))
    params: Params = {}
    if draft.pin is not None:
        params = {"latitude": draft.pin.latitude, "longitude": draft.pin.longitude}
    return Prompt(f"confirm_pin.{draft.pin_area.value}", params)


def last_question(conversation: Conversation) -> str:
    """Return the name of the question that this person was asked last, or an empty text."""
    return conversation.last_answer[-1].name if conversation.last_answer else ""


def kind_of_choice(conversation: Conversation, number: int | None) -> Kind | None:
    """Return the kind with `number`, if kinds were asked for: their buttons show these numbers."""
    asked = any(prompt.name in ("ask_kind", "ask_kind_of") for prompt in conversation.last_answer)
    active = conversation.active
    if conversation.draft is None and active is not None and active.kind is Kind.UNKNOWN:
        asked = True  # by a push, when its draft was dispatched
    return Kind(number) if asked and number is not None and number in EMERGENCIES else None


def stay(conversation: Conversation, *first: str) -> Outcome:
    """Say `first`, and ask again for what is asked for now."""
    return Outcome(conversation, (*(Prompt(name) for name in first), *ask_next(conversation)))


def received(active: ActiveReport) -> tuple[Prompt, ...]:
    """Return what is said once a report is on its way; who cannot talk is asked by taps."""
    if active.can_talk:
        return (Prompt("received", status_params(active)),)
    return (Prompt("received_silent", status_params(active)), *next_question(active))


def next_question(active: ActiveReport) -> tuple[Prompt, ...]:
    """Return the next question of yes or no that is not answered yet, if any is left."""
    left = [question for question in QUESTIONS if question not in active.answered]
    return (Prompt(f"question.{left[0]}"),) if left else ()


def which_kind(kinds: tuple[Kind, ...]) -> Prompt:
    """Return the question which of `kinds` is meant."""
    params: Params = {f"kind_{number}": int(kind) for number, kind in enumerate(kinds, start=1)}
    return Prompt("ask_kind_of", params)


def other_reports(c: Conversation) -> tuple[Prompt, ...]:
    """Return the list of older reports to go back to, if there is any."""
    params: Params = {}
    for number, other in enumerate(reversed(c.others), start=1):
        params |= {
            f"other_{number}_id": other.report_id,
            f"other_{number}_reference": other.reference,
            f"other_{number}_kind": int(other.kind),
            f"other_{number}_at": other.opened_at,
        }
    return (Prompt("other_reports", params),) if params else ()

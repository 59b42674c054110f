"""How a report ends for its reporter: cancelled, helped, not helped, and what follows."""

from dataclasses import replace

from ess.domain.conversation.answers import (
    ask_next,
    cancelled,
    drill_label,
    last_question,
    status_params,
    status_prompt,
    stay,
)
from ess.domain.conversation.inputs import (
    CANCEL_REASONS,
    AppealAsked,
    AskingAllowed,
    CancelAsked,
    CancelConfirmed,
    CancelRefused,
    HelpCame,
    NobodyCame,
)
from ess.domain.conversation.outcome import Moment, Outcome
from ess.domain.conversation.reporting import settle
from ess.domain.conversation.state import Conversation, Draft, Params, Prompt, Step
from ess.domain.conversation.writes import (
    AllowAsking,
    AppealBlock,
    CallHelp,
    CancelReport,
    ConfirmHelp,
    ReopenReport,
)
from ess.domain.ids import reference_of
from ess.domain.kinds import Kind
from ess.domain.report import SEARCHING, ClosingReason, Status
from ess.domain.response import may_be_reopened


def cancel_asked(c: Conversation, given: CancelAsked, m: Moment) -> Outcome:
    """Drop the draft; ask first about a report.

    Whoever types the word once more has answered what we asked about it.
    """
    if c.draft is not None:
        cleared = replace(c, draft=None)
        if cleared.step is Step.IDLE or cleared.active is None:
            return Outcome(cleared, (Prompt("draft_cancelled", drill_label(c.draft.drill)),))
        dropped = Prompt("draft_dropped", status_params(cleared.active))
        return Outcome(cleared, (dropped, *ask_next(cleared)))
    if c.active is not None and c.active.is_open:
        asked = last_question(c)
        if given.typed and asked in ("cancel_confirm", "cancel_reasons"):
            why = "other" if asked == "cancel_reasons" else None
            return cancel_confirmed(c, CancelConfirmed(c.active.report_id, why), m)
        return Outcome(c, (Prompt("cancel_confirm", status_params(c.active)),))
    return stay(c, "nothing_to_cancel")


def cancel_confirmed(c: Conversation, given: CancelConfirmed, m: Moment) -> Outcome:
    """Cancel the report once a reason is given."""
    active = c.active
    if active is None or active.report_id != given.report_id:
        return stay(c, "late_button")
    if not active.is_open:
        return Outcome(c, (status_prompt(active),))
    if given.why is None:
        return Outcome(c, (Prompt("cancel_reasons", status_params(active)),))
    why = given.why if given.why in CANCEL_REASONS else "other"
    closed = replace(
        active,
        status=Status.CLOSED,
        changed_at=m.now,
        closing_reason=ClosingReason.CANCELLED_BY_REPORTER.value,
    )
    return Outcome(
        replace(c, active=closed),
        (Prompt("cancelled", status_params(closed)),),
        CancelReport(active.report_id, m.now, why),
        wake=active.token,
    )


def cancel_refused(c: Conversation, _given: CancelRefused, m: Moment) -> Outcome:
    """Keep the report; a draft that has all it needs was only waiting for this."""
    if c.draft is not None:
        return settle(c, m)
    return stay(c, "kept_open") if c.active and c.active.is_open else stay(c)


def asking_allowed(c: Conversation, _given: AskingAllowed, m: Moment) -> Outcome:
    """Note that the reporter may be asked how it ended."""
    active = c.active
    if active is None or not active.is_open:
        return stay(c, "late_button")
    after = replace(c, active=replace(active, may_ask=True))
    write = AllowAsking(active.report_id, m.now)
    return Outcome(after, (Prompt("asking_allowed"), *ask_next(after)), write)


def nobody_came(c: Conversation, given: NobodyCame, m: Moment) -> Outcome:
    """Call further units, or look for somebody anew."""
    active = c.active
    if active is None or active.report_id != given.report_id:
        return stay(c, "late_button")
    if active.status in SEARCHING or active.status is Status.OPENED:
        return stay(c)  # somebody is being looked for: the status says how far that is
    if active.is_open:
        write = CallHelp(active.report_id, m.now)
        answer = (Prompt("nobody_came_passed", status_params(active)),)
        return Outcome(c, answer, write, wake=active.token, news="nobody_came")
    if cancelled(active) and c.draft is None:
        # What its reporter called off is begun anew, from what is known of it.
        kind = None if active.kind is Kind.UNKNOWN else active.kind
        begun = replace(c, draft=Draft(kind=kind, drill=active.drill))
        return Outcome(begun, (Prompt("was_cancelled"), *ask_next(begun)))
    if not may_be_reopened(active.status, active.closing_reason, active.changed_at, m.now):
        too_late = Prompt("too_late_to_reopen", drill_label(active.drill))
        return Outcome(c, (too_late, Prompt("menu")))
    reopened = replace(
        active,
        status=Status.DISPATCHED,
        changed_at=m.now,
        closing_reason=None,
        responder_th=None,
        responder_en=None,
        at_desk=False,
        by_desk=False,
        nobody_reached=False,
        token=None,
        run=active.run + 1,
    )
    return Outcome(
        replace(c, active=reopened),
        (Prompt("reopened", status_params(reopened)),),
        ReopenReport(active.report_id, m.now),
        start=active.report_id,
        run=reopened.run,
    )


def help_came(c: Conversation, given: HelpCame, m: Moment) -> Outcome:
    """Write down that somebody came."""
    active = c.active
    if active is None or active.report_id != given.report_id or active.is_open:
        return stay(c, "late_button")
    write = ConfirmHelp(active.report_id, m.now)
    return Outcome(c, (Prompt("help_came", status_params(active)),), write)


def appeal_asked(c: Conversation, _given: AppealAsked, m: Moment) -> Outcome:
    """Pass on that a blocked person asks for a review: once a day."""
    block = c.block
    if block is None or not block.holds(m.now):
        return stay(c, "late_button")
    if not block.may_be_appealed(m.now):
        return Outcome(c, (Prompt("appeal_known"),))
    appealed = replace(block, appealed_at=m.now, appeals=block.appeals + 1)
    facts: Params = {
        "report_id": block.report_id,
        "reference": reference_of(block.report_id),
        "until_at": block.until,
        "appeals": appealed.appeals,
    }
    return Outcome(
        replace(c, block=appealed),
        (Prompt("appeal_sent"),),
        AppealBlock(block.report_id, m.now),
        mail=Prompt("mail.appeal", facts),
    )

"""Take a responder's tap on an incident's card in LINE."""

from ess.domain.conversation import Prompt
from ess.domain.errors import ReportNotFound
from ess.domain.incoming import IncomingEvent, ResponderTap
from ess.domain.report import Notified
from ess.ports.clock import Clock
from ess.ports.messenger import Messenger
from ess.ports.reports import Reports
from ess.ports.responders import Responders
from ess.ports.workflow import Workflow
from ess.usecases.act_on_report import Answer, act_on_report
from ess.usecases.answer_event import answer_event


def respond_to_report(
    event: IncomingEvent,
    tap: ResponderTap,
    *,
    reports: Reports,
    responders: Responders,
    messenger: Messenger,
    workflow: Workflow,
    clock: Clock,
    progress_s: int,
) -> Answer | None:
    """Apply a responder's tap and answer it; the same tap again has no further effect.

    The officer is answered before the workflow is waked.

    Args:
        progress_s: seconds within which an accepted report should show progress.

    Returns:
        What came of it; None if there is no such report.

    Raises:
        TemporaryFailure: something did not answer; the event may be delivered again as it is.
        PermanentFailure: LINE refuses our answer; the change is stored all the same.
    """

    def tell(answer: Answer) -> None:
        # A spent reply token must not swallow a refusal.
        first_time = answer.changed or answer.refused
        _tell(event, answer.prompt, messenger, answer.person, first_time=first_time)

    try:
        return act_on_report(
            tap,
            lambda report: report.find_by_line_user(event.user_id),
            reports=reports,
            responders=responders,
            workflow=workflow,
            clock=clock,
            progress_s=progress_s,
            act_id=event.event_id,
            line_user_id=event.user_id,
            tell=tell,
        )
    except ReportNotFound:
        _tell(event, Prompt("officer.unknown"), messenger, None, first_time=False)
        return None


def _tell(
    event: IncomingEvent,
    prompt: Prompt,
    messenger: Messenger,
    person: Notified | None,
    *,
    first_time: bool,
) -> None:
    language = person.language if person else None
    answer_event(event, (prompt,), language, messenger=messenger, first_time=first_time)

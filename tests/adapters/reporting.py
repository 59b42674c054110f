"""A reporter's first messages, for tests that need a report to exist."""

from functools import wraps

from ess.domain import conversation as talk
from ess.domain import dispatch as search
from ess.domain import response
from ess.domain.conversation import Moment, advance
from ess.domain.geo import Point
from ess.domain.kinds import Kind
from ess.domain.ladder import DESK, Channel, Ladder, Notice, Rung, Unit, UnitKind
from ess.domain.report import ClosingReason, Notified

USER = "U" + "a" * 32
NOW = 1_790_000_000.0
PIN = Point(17.3921, 104.7702)
FIRST = Unit("np-muang", "สภ.เมือง", "Mueang", UnitKind.POLICE_STATION, 812.25)
SECOND = Unit("np-that", "สภ.ธาตุพนม", "That Phanom", UnitKind.POLICE_STATION, 5200.0)
SOCIAL = Unit("np-pmj", "พมจ.นครพนม", "Social office", UnitKind.SOCIAL_OFFICE, 2100.5)
BOTH = (Channel.LINE, Channel.SMS)
LADDER = Ladder(
    "default, 1",
    (
        Rung((FIRST,), BOTH, 60),
        Rung((FIRST, SECOND), BOTH, 60, times=2),
        Rung((DESK,), tuple(Channel), 60),
    ),
    rounds=2,
    notices=(Notice((SOCIAL,), BOTH),),
    nearby=(SECOND, FIRST),
)
OFFICER = Notified("r1", "np-muang", "ร.ต.อ. ก", "Capt. K", 0, "U" + "b" * 32)
DESK_OFFICER = Notified("r9", "desk", "ด.ต. ง", "Sgt. D", 0, "U" + "e" * 32)


def story(tell):
    """Say that a function writes the same whenever its stores are empty: see `Stores.again`."""

    @wraps(tell)
    def told(stores, *args, **named):
        name = (tell.__name__, args, *sorted(named.items()))
        return stores.again(name, lambda: tell(stores, *args, **named))

    return told


def send(stores, given, event_id, now=NOW, user_id=USER):
    """Take one message through the conversation, as the webhook does; return the outcome."""
    before = stores.conversations.get(user_id)
    outcome = advance(before, given, Moment(event_id, now, 60, lambda _text: "+66800000000"))
    stores.conversations.save(before, outcome.conversation, outcome.write)
    return outcome


@story
def open_report(stores, user_id=USER, tag="", now=NOW):
    """Report an assault; return the id of the report, which waits for a phone number."""
    send(stores, talk.ReportAsked(fresh=True), f"ask{tag}", now, user_id)
    send(stores, talk.KindChosen(Kind.ASSAULT), f"kind{tag}", now, user_id)
    send(stores, talk.PinShared(PIN, "ตลาด"), f"pin{tag}", now, user_id)
    return stores.conversations.get(user_id).active.report_id


@story
def dispatch(stores, user_id=USER, tag="", now=NOW + 5):
    """Open a report and give a phone number; return the id of the report."""
    report_id = open_report(stores, user_id, tag)
    send(stores, talk.TextSent("080 000 0000"), f"phone{tag}", now, user_id)
    return report_id


def change(stores, report_id, decide):
    """Store what `decide` makes of the report as it is now; return the change."""
    made = decide(stores.reports.get(report_id))
    stores.reports.save(made)
    return made


@story
def accept(stores):
    """Dispatch a report and let an officer accept it; return its id."""
    report_id = dispatch(stores)
    for decide in (
        lambda r: search.assign(r, LADDER, now=NOW + 9),
        lambda r: search.offer(r, 0, [OFFICER, DESK_OFFICER], now=NOW + 10, token="t" * 9),
        lambda r: search.acknowledge(r, "r1", now=NOW + 20, wait_s=300),
    ):
        change(stores, report_id, decide)
    return report_id


@story
def close(stores, reason=ClosingReason.RESOLVED, at=NOW + 80):
    """Let an officer accept and close a report; return its id."""
    report_id = accept(stores)
    change(stores, report_id, lambda r: response.close_as_responder(r, reason, "r1", now=at))
    return report_id

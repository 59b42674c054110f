"""A reporter's first messages, for tests that need a report to exist."""

from ess.domain import conversation as talk
from ess.domain.conversation import Moment, advance
from ess.domain.geo import Point
from ess.domain.kinds import Kind
from ess.domain.ladder import Rung, RungKind, build_ladder
from ess.domain.report import Notified

USER = "U" + "a" * 32
NOW = 1_790_000_000.0
PIN = Point(17.3921, 104.7702)
LADDER = build_ladder([Rung("np-muang", "สภ.เมือง", "Mueang", RungKind.STATION, 812.25)])
OFFICER = Notified("r1", "np-muang", "ร.ต.อ. ก", "Capt. K", 0, "U" + "b" * 32)


def send(stores, given, event_id, now=NOW, user_id=USER):
    """Take one message through the conversation, as the webhook does; return the outcome."""
    before = stores.conversations.get(user_id)
    outcome = advance(before, given, Moment(event_id, now, 60, lambda _text: "+66800000000"))
    stores.conversations.save(before, outcome.conversation, outcome.write)
    return outcome


def open_report(stores, user_id=USER, tag="", now=NOW):
    """Report an assault; return the id of the report, which waits for a phone number."""
    send(stores, talk.ReportAsked(fresh=True), f"ask{tag}", now, user_id)
    send(stores, talk.KindChosen(Kind.ASSAULT), f"kind{tag}", now, user_id)
    send(stores, talk.PinShared(PIN, "ตลาด"), f"pin{tag}", now, user_id)
    return stores.conversations.get(user_id).active.report_id


def dispatch(stores, user_id=USER, tag="", now=NOW + 5):
    """Open a report and give a phone number; return the id of the report."""
    report_id = open_report(stores, user_id, tag)
    send(stores, talk.TextSent("080 000 0000"), f"phone{tag}", now, user_id)
    return report_id

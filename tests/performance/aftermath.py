"""What became of the crowd's reports: read back from the tables, the histories and the phones.

`examine` says what must never be; `tables` what it took.
"""

import math
import re
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

from boto3.dynamodb.types import TypeDeserializer

from ess.messages import catalogue
from tests.performance.crowd import BEHAVIOURS, REFERENCE, Crowd, Incident, now_ms, thai
from tests.performance.stations.rows import laid_out, percentile

ACCEPTED = {"acknowledged", "on_the_way", "on_scene"}
SEARCHING = {"dispatched", "notified"}
BEGINS_A_HOLD = {"acknowledged", "taken_over"}
ENDS_A_HOLD = {"released", "handed_over", "assigned_by_hand", "closed", "reopened"}
OFFERS = {"officer.offer", "officer.offer_desk", "officer.taken_by_desk"}
"""The cards with which a report can be accepted."""

TAKEN = ("officer.taken", "officer.already_taken", "officer.informed_taken")
TOLD = (
    "status.acknowledged.title",
    "status.desk_acknowledged.title",
    "status.on_the_way.title",
    "status.on_scene.title",
)
WRITTEN_S = 3
"""Within which the timeline has a line about a message that was sent."""

LATE_MS = 5_000
"""How late a message may arrive that was true when it was sent: LINE may hang."""


@dataclass(frozen=True)
class Hold:
    """That a responder had a report, in milliseconds since the epoch; `end` None while they do."""

    responder_id: str
    start: int
    end: int | None
    ended_by: str

    def covers(self, at):
        return self.start - 50 <= at and (self.end is None or at <= self.end + LATE_MS)


@dataclass
class Found:
    """A report as it was left.

    Args:
        states: what its workflows entered, and when.
        running: its executions that have not ended.
        texts: how many SMS about it each officer was sent, before `until`.
        until: what came later on the phones may not be in the timeline yet.
    """

    incident: Incident
    item: dict
    timeline: list[dict]
    states: list[tuple[int, str]]
    running: list[str]
    texts: dict[str, int] = field(default_factory=dict)
    until: float = math.inf

    @property
    def transitions(self):
        return len(self.states)

    def lines(self, *actions):
        return [line for line in self.timeline if line["action"] in actions]

    @cached_property
    def outcome(self):
        status = self.item["status"]
        if status == "closed" and self.item.get("closing_reason"):
            return self.item["closing_reason"]
        if status in ACCEPTED and self.item.get("acknowledged_by"):
            return "accepted"
        at_desk = status in SEARCHING and self.item.get("reached") == ["desk"]
        if at_desk and self.item.get("token") and self.running:
            return "at the desk"
        return "LOST"

    @cached_property
    def holds(self):
        holds, holder = [], None
        for line in self.timeline:
            at = int(line["at"] * 1000)
            if holder and line["action"] in {*BEGINS_A_HOLD, *ENDS_A_HOLD}:
                holds.append(Hold(*holder, at, line["action"]))
                holder = None
            if line["action"] in BEGINS_A_HOLD:
                holder = (line["actor"].removeprefix("responder:"), at)
        if holder:
            holds.append(Hold(*holder, None, ""))
        return holds

    def sent(self, channel):
        return [line for line in self.lines(f"{channel}_sent") if _took(line)]

    @cached_property
    def began(self):
        """When the reporter had given the last that is asked for, or the auditor gave that up."""
        dispatched = min(int(line["at"] * 1000) for line in self.lines("dispatched"))
        return self.incident.sent_at or dispatched

    @cached_property
    def first_push_ms(self):
        """To the first card that came to an officer's phone; None without LINE."""
        i = self.incident
        bubbles = i.crowd.inbox.by_report[i.report_id]
        cards = [b.at for b in bubbles if b.delivered and b.has(o="accept") and b.via == "push"]
        return min(cards) - self.began if cards else None

    @cached_property
    def first_word_ms(self):
        """To the first card, or the first SMS that the carrier took."""
        texts = [int(line["at"] * 1000) - self.began for line in self.sent("sms")]
        pushed = [] if self.first_push_ms is None else [self.first_push_ms]
        return min([*texts, *pushed], default=None)

    @cached_property
    def told_ms(self):
        """From each acknowledgement to the push that tells the reporter."""
        words = [thai(key) for key in TOLD]
        pushed = [
            b.at
            for b in self.incident.crowd.inbox.by_user[self.incident.reporter]
            if b.via == "push" and any(word in b.text for word in words)
        ]
        firsts = [next((at for at in pushed if at >= hold.start), None) for hold in self.holds]
        return [
            at - hold.start
            for at, hold in zip(firsts, self.holds, strict=True)
            if at is not None and hold.covers(at)
        ]

    @cached_property
    def repairs(self):
        restarted = [line["detail"]["cause"] for line in self.lines("restarted")]
        late = ["no number" for line in self.lines("dispatched") if line["actor"] == "auditor"]
        return Counter([*restarted, *("never started" for _ in self.lines("started")), *late])


def _took(line):
    return line["detail"].get("outcome") == "accepted"


def read_back(crowd: Crowd, incidents):
    """Every report of `incidents` that was opened, as it is now."""
    texts, until = _texts(crowd), now_ms()
    time.sleep(WRITTEN_S)
    read = TypeDeserializer().deserialize
    rows = defaultdict(list)
    pages = crowd.table.get_paginator("scan").paginate(
        TableName=crowd.cloud.outputs["ReportsTable"], ConsistentRead=True
    )
    for item in chain.from_iterable(page["Items"] for page in pages):
        row = {name: _plain(read(value)) for name, value in item.items()}
        rows[row["report_id"]].append(row)
    opened = [one for one in incidents if one.report_id]
    return [_found(crowd, one, rows[one.report_id], texts, until) for one in opened]


def _texts(crowd):
    return {
        officer.responder_id: Counter(
            reference
            for text in crowd.texted(officer.phone)
            for reference in REFERENCE.findall(text.split("http")[0])
        )
        for officer in crowd.officers.values()
    }


def _plain(value):
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return float(value) if type(value).__name__ == "Decimal" else value


def _found(crowd, incident, rows, texts, until):
    (item,) = [row for row in rows if row["entry"] == "report"]
    timeline = sorted(
        (row for row in rows if row["entry"].startswith("t#")),
        key=lambda row: (row["at"], row["entry"]),
    )
    states, running = [], []
    for run in range(1, int(item["run"]) + 1):
        arn = crowd.execution(incident.report_id, run)
        pages = crowd.engine.get_paginator("get_execution_history").paginate(executionArn=arn)
        events = [event for page in pages for event in page["events"]]
        states += [
            (int(event["timestamp"].timestamp() * 1000), event["stateEnteredEventDetails"]["name"])
            for event in events
            if event["type"].endswith("StateEntered")
        ]
        if crowd.engine.describe_execution(executionArn=arn)["status"] == "RUNNING":
            running.append(arn)
    mine = {who: counted[incident.reference] for who, counted in texts.items()}
    return Found(incident, item, timeline, states, running, mine, until)


# --- what must never be ---------------------------------------------------------------------------


def examine(found):
    """Everything that must not be, as sentences; empty when all is well."""
    checks = (
        _abandoned,
        _texted_twice,
        _pushed_twice,
        _untrue_to_officers,
        _untrue_to_reporter,
        _untold,
        _forgotten,
    )
    return [complaint for check in checks for one in found for complaint in check(one)]


def _complaint(one, what):
    return (
        f"#{one.incident.number} ({one.incident.behaviour.name}) {one.incident.report_id}: {what}"
    )


def _abandoned(one):
    if one.outcome == "LOST":
        yield _complaint(one, f"{one.item['status']}, nobody has it, and it is not at the desk")


def _texted_twice(one):
    """Every SMS that went out has a line of its own in the timeline: one a person and step.

    One that "failed" may have gone out and its answer been lost; it is not sent again.
    """
    for responder_id, count in one.texts.items():
        lines = {
            (line["detail"]["message"], line["detail"]["occasion"])
            for line in one.lines("sms_sent")
            if line["detail"].get("responder") == responder_id
            and line["detail"]["outcome"] in {"accepted", "failed"}
        }
        if count > len(lines):
            yield _complaint(one, f"{responder_id} got {count} SMS, the timeline has {lines}")


def _pushed_twice(one):
    """The same for cards in LINE; one may have come though its answer was lost."""
    crowd = one.incident.crowd
    pushed = Counter(
        crowd.officers[bubble.user_id].responder_id
        for bubble in crowd.inbox.by_report[one.incident.report_id]
        if bubble.via == "push" and bubble.has(o="accept") and bubble.at < one.until
    )
    for responder_id, count in pushed.items():
        occasions = {
            line["detail"]["occasion"]
            for line in one.lines("line_sent")
            if line["detail"].get("responder") == responder_id
            and line["detail"]["message"] in OFFERS
        }
        if count > len(occasions):
            yield _complaint(one, f"{responder_id} got {count} cards, the timeline has {occasions}")


def _untrue_to_officers(one):
    """Who is named as having accepted had accepted, and has not lost it since."""
    inbox, names = one.incident.crowd.inbox, _names(one.incident.crowd)
    for bubble in inbox.by_reference[one.incident.reference]:
        for key in TAKEN:
            said = _pattern(key).search(bubble.text)
            if said is None or said["reference"] != one.incident.reference:
                continue
            who = names.get(said["responder"])
            if not any(h.responder_id == who and h.covers(bubble.at) for h in one.holds):
                yield _complaint(one, f"{key} named {who} at {bubble.at}: {one.holds}")


def _untrue_to_reporter(one):
    """While the reporter reads that somebody has accepted, somebody has."""
    for bubble in one.incident.crowd.inbox.by_user[one.incident.reporter]:
        for key in TOLD:
            if thai(key) in bubble.text and not any(h.covers(bubble.at) for h in one.holds):
                yield _complaint(one, f"{key} at {bubble.at}: {one.holds}")


def _untold(one):
    """Nobody accepts without the reporter hearing of it."""
    words = [thai(key) for key in (*TOLD, "status.closed.title")]
    heard = [
        b.at
        for b in one.incident.crowd.inbox.by_user[one.incident.reporter]
        if b.delivered and any(word in b.text for word in words)
    ]
    for hold in one.holds:
        by_themselves = hold.ended_by == "closed" and one.outcome == "cancelled_by_reporter"
        if not by_themselves and not any(at >= hold.start for at in heard):
            yield _complaint(one, f"the reporter never heard of {hold}")


def _forgotten(one):
    """A closed report's workflow has ended; an open report has exactly one."""
    wanted = 0 if one.item["status"] == "closed" else 1
    if len(one.running) != wanted:
        yield _complaint(one, f"{one.item['status']} with {len(one.running)} workflows running")


def _names(crowd):
    return {officer.name: officer.responder_id for officer in crowd.officers.values()}


def _pattern(key):
    parts = re.split(r"\{(\w+)\}", catalogue.load("th")[key])
    return re.compile(
        "".join(f"(?P<{part}>.+?)" if at % 2 else re.escape(part) for at, part in enumerate(parts))
    )


def story(one):
    """What is in a report's timeline and what its workflows did, to look for the reason."""
    events = [
        (int(line["at"] * 1000), f"{line['action']} by {line['actor']} {line['detail']}")
        for line in one.timeline
    ]
    events += [(at, f"                    -> {name}") for at, name in one.states]
    lines = [f"      {at - one.began:>7} {what}" for at, what in sorted(events)]
    return "\n".join([_complaint(one, one.incident.failure), *lines])


# --- what it took ---------------------------------------------------------------------------------

_COLUMNS = (
    ("behaviour of officers", ""),
    ("reports", ""),
    ("ended", ""),
    ("at", "desk"),
    ("lost", ""),
    ("transitions", "p50"),
    ("", "max"),
    ("LINE", "p50"),
    ("SMS", "p50"),
    ("mail", "p50"),
    ("first push ms", "p50"),
    ("", "p95"),
    ("or SMS", "p50"),
    ("", "p95"),
    ("accepted to told ms", "p50"),
    ("", "p95"),
    ("repairs", ""),
)


def tables(found):
    """The lines to print: a row for each behaviour, all together, and how they ended."""
    groups = [(b.name, [one for one in found if one.incident.behaviour is b]) for b in BEHAVIOURS]
    rows = [_row(name, group) for name, group in [*groups, ("all", found)] if group]
    outcomes = Counter(one.outcome for one in found)
    repairs = sum((one.repairs for one in found), Counter())
    return "\n".join(
        [
            laid_out("\n  reports with random behaviour of officers", _COLUMNS, rows),
            "  how they stand: " + _counted(outcomes),
            "  repaired by the auditor: " + (_counted(repairs) or "none"),
        ]
    )


def _counted(counter):
    return ", ".join(f"{name} {count}" for name, count in counter.most_common())


def _row(name, group):
    entered = [one.transitions for one in group]
    pushes = [one.first_push_ms for one in group if one.first_push_ms is not None]
    words = [one.first_word_ms for one in group if one.first_word_ms is not None]
    told = list(chain.from_iterable(one.told_ms for one in group))
    outcomes = Counter(one.outcome for one in group)
    return [
        name,
        f"{len(group)}",
        f"{sum(one.item['status'] == 'closed' for one in group)}",
        f"{outcomes['at the desk']}",
        f"{outcomes['LOST']}",
        _share(entered, 50),
        f"{max(entered)}",
        *(_share([len(one.sent(channel)) for one in group], 50) for channel in _CHANNELS),
        _share(pushes, 50),
        _share(pushes, 95),
        _share(words, 50),
        _share(words, 95),
        _share(told, 50),
        _share(told, 95),
        f"{sum(sum(one.repairs.values()) for one in group)}",
    ]


_CHANNELS = ("line", "sms", "email")


def _share(values, percent):
    return f"{percentile(values, percent):,.0f}" if values else "-"

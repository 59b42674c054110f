"""Reporters and officers for `make bench`: many reports at once, each answered in its own way.

An officer's phone is shared by all reports, as in life; what its owner does about a report is said
by that report's behaviour. Everything is done as people do it: taps on buttons that were shown,
links out of SMS.
"""

import json
import random
import re
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from urllib.parse import parse_qs

import httpx
from botocore.exceptions import ClientError

from ess.domain.geo import Point, distance_m
from ess.domain.ids import reference_of, report_id_for
from ess.domain.ladder import DESK_UNIT_ID
from ess.domain.report import RESPONDER_REASONS, HandOverReason
from ess.domain.service_area import Area, locate
from ess.messages import catalogue
from local.cloud.cloud import STATIONS, Cloud
from local.cloud.environment import REGION
from local.cloud.phones import NeverHappened, Phones, texts_of
from local.simulator import cloud_view
from local.simulator.taps import find_actions

PATIENCE_S = 90.0
"""How long anybody waits for what must come: three rungs, a progress time, and a busy machine."""

AUDIT_S = 10.0
RAMP_S = 1.5
"""Between the first reports of a season: then all that can be under way at once are."""

REACH_DEG = 0.07
"""How far from a station things happen, in degrees."""

BLOCKED = ("sample-np-wang-yang", "sample-np-na-thom")
"""Stations all of whose people have blocked the account, for the whole run."""

REFERENCE = re.compile(r"[2-9A-Z]{3}-[2-9A-Z]{3}")


def thai(key):
    return catalogue.load("th")[key]


def now_ms():
    return int(time.time() * 1000)


@dataclass(frozen=True)
class Bubble:
    """What the service put on a phone; `at` in milliseconds since the epoch."""

    at: int
    user_id: str
    delivered: bool
    via: str
    text: str
    buttons: tuple[str, ...]

    def has(self, **wanted):
        return self.button(**wanted) is not None

    def button(self, **wanted):
        for data in self.buttons:
            fields = {name: values[0] for name, values in parse_qs(data).items()}
            if all(fields.get(name) == value for name, value in wanted.items()):
                return data
        return None


class Inbox:
    """Every bubble of the service as it arrives, by phone and by report.

    Reading whole chats again and again would be most of the machine's work: a phone has thousands.
    """

    def __init__(self, world):
        self._changed = threading.Condition()
        self.by_user = defaultdict(list)
        self.by_report = defaultdict(list)
        self.by_reference = defaultdict(list)
        publish = world.publish

        def tee(kind, data):
            publish(kind, data)
            if kind == "message" and data["from"] == "bot":
                self._take(data)

        world.publish = tee

    def _take(self, entry):
        buttons = tuple(
            str(action["data"]) for _, action in find_actions(entry["message"]) if "data" in action
        )
        bubble = Bubble(
            entry["at"],
            entry["user_id"],
            entry["delivered"],
            entry["via"],
            "\n".join(texts_of(entry["message"])),
            buttons,
        )
        reports = {name for data in buttons for name in parse_qs(data).get("r", ())}
        with self._changed:
            self.by_user[bubble.user_id].append(bubble)
            for report_id in reports:
                self.by_report[report_id].append(bubble)
            for reference in set(REFERENCE.findall(bubble.text)):
                self.by_reference[reference].append(bubble)
            self._changed.notify_all()

    def wait(self, what, look, seconds=PATIENCE_S):
        """The first thing that `look` finds, which is not None."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while (found := look()) is None:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise NeverHappened(f"{what} in {seconds:.0f} s")
                self._changed.wait(min(left, 1.0))
        return found


@dataclass(frozen=True)
class Officer:
    user_id: str
    responder_id: str
    unit_id: str
    phone: str
    name: str


class Crowd:
    """All the people, and where they meet the service."""

    def __init__(self, cloud: Cloud, phones: Phones):
        self.cloud = cloud
        self.phones = phones
        self.inbox = Inbox(cloud.simulator.simulator.world)
        self.officers = {
            row["line_user_id"]: Officer(
                row["line_user_id"],
                row["responder_id"],
                row["unit_id"],
                row["phone"],
                row["name_th"],
            )
            for row in cloud.responders()
        }
        self.stations = _stations()
        self.deliveries = Counter()
        self.http = httpx.Client(trust_env=False, timeout=30, follow_redirects=True)
        self.engine = cloud.client("stepfunctions")
        self.table = cloud.client("dynamodb")

    def act(self, user_id, **action):
        done = self.phones.post(f"/_sim/users/{user_id}/actions", action)
        for delivery in done.get("deliveries", ()):
            self.deliveries["in time" if delivery["status"] == 200 else "delivered again"] += 1
        return done

    def texted(self, phone):
        """Texts of the SMS that a number was sent, oldest first."""
        url = f"{self.cloud.endpoint}/_ministack/sns/sms-messages"
        answer = self.http.get(url, params={"region": REGION, "phoneNumber": phone})
        return [one["Message"] for one in answer.json()["sms_messages"][phone]]

    def nearest(self, pin):
        return min(self.stations, key=lambda unit: distance_m(pin, self.stations[unit]))

    def execution(self, report_id, run):
        machine = self.cloud.outputs["StateMachineArn"]
        name = report_id if run == 1 else f"{report_id}-{run}"
        return f"{machine.replace(':stateMachine:', ':execution:')}:{name}"


def _stations():
    features = json.loads(STATIONS.read_text(encoding="utf-8"))["features"]
    return {
        one["id"]: Point(*reversed(one["geometry"]["coordinates"]))
        for one in features
        if one["properties"]["kind"] == "police_station"
    }


# --- one report ---------------------------------------------------------------------------------


@dataclass
class Incident:
    """One report and what becomes of it. Times in milliseconds since the epoch."""

    crowd: Crowd
    number: int
    behaviour: "Behaviour"
    dice: random.Random
    pin: Point
    kind: int
    silent: bool
    drill: bool
    reporter: str = ""
    report_id: str = ""
    reference: str = ""
    sent_at: int = 0
    failure: str = ""
    asked: bool = False

    # --- the reporter ---

    def begin(self, *, give_number=True):
        self.reporter = self.crowd.phones.reporter(f"ผู้แจ้ง {self.number}").user_id
        self.do(type="follow")
        self.reads("greeting.title")
        self.do(type="postback", data="a=report&drill=1" if self.drill else "a=report")
        self.reads("ask_kind.title")
        self.do(type="postback", data=f"a=kind&k={self.kind}")
        self.reads("ask_pin.title")
        pin = {"latitude": self.pin.latitude, "longitude": self.pin.longitude}
        opened = self.do(type="location", **pin)
        self.report_id = report_id_for(opened["events"][0])
        self.reference = reference_of(self.report_id)
        self.reads("ask_phone.title")
        if not give_number:
            return
        self.sent_at = now_ms()
        if self.silent:
            self.do(type="postback", data="a=no_call")
        else:
            self.do(type="text", text=f"08{self.dice.randrange(10**7, 10**8)}")

    def do(self, **action):
        return self.crowd.act(self.reporter, **action)

    def reads(self, *keys, after=0, seconds=PATIENCE_S):
        """The first bubble on the reporter's phone, from `after` on, with one of these texts."""
        words = [thai(key) for key in keys]

        def look():
            for bubble in self.crowd.inbox.by_user[self.reporter]:
                if bubble.at >= after and bubble.delivered and any(w in bubble.text for w in words):
                    return bubble
            return None

        return self.crowd.inbox.wait(f"the reporter never read {keys}", look, seconds)

    def cancel(self):
        self.do(type="postback", data="a=cancel")
        self.do(type="postback", data=f"a=cancel_yes&r={self.report_id}&why=mistake")
        self.reads("cancelled.title")

    # --- the officers ---

    def offer(self, where=lambda _: True, *, act="accept", after=0):
        """Who is shown the button for `act` first, of those that `where` admits."""

        def look():
            for bubble in self.crowd.inbox.by_report[self.report_id]:
                officer = self.crowd.officers.get(bubble.user_id)
                seen = officer and bubble.at >= after and bubble.delivered
                if seen and where(officer) and bubble.has(o=act, r=self.report_id):
                    return officer
            return None

        return self.crowd.inbox.wait(f"nobody was shown {act!r}", look)

    def press(self, officer, act, **more):
        """Press a button that this officer has been shown for this report."""
        wanted = {"o": act, "r": self.report_id, **more}

        def look():
            bubbles = reversed(self.crowd.inbox.by_user[officer.user_id])
            shown = (bubble.button(**wanted) for bubble in bubbles if bubble.delivered)
            return next((data for data in shown if data), None)

        what = f"{officer.responder_id} was never shown {act!r} {more}"
        data = self.crowd.inbox.wait(what, look)
        self.crowd.act(officer.user_id, type="postback", data=data)

    def sees(self, officer, key, after=0):
        """Wait until this officer reads a text about this report."""
        words = max(re.split(r"\{\w+\}", thai(key)), key=len).strip()

        def look():
            for bubble in self.crowd.inbox.by_user[officer.user_id]:
                about = self.reference in bubble.text or bubble.has(r=self.report_id)
                if bubble.at >= after and bubble.delivered and about and words in bubble.text:
                    return bubble
            return None

        return self.crowd.inbox.wait(f"{officer.responder_id} never read {key}", look)

    def accept(self, officer):
        began = now_ms()
        self.press(officer, "accept")
        self.sees(officer, "officer.accepted.title", began)
        return began

    def carry_to_its_end(self, officer):
        for act in self.dice.choice(
            [(), ("on_the_way",), ("on_the_way", "on_scene"), ("on_scene",)]
        ):
            self.pause()
            self.press(officer, act)
        self.pause()
        self.press(officer, "close")
        began = now_ms()
        self.press(officer, "close", why=self.dice.choice(RESPONDER_REASONS).value)
        self.reads("status.closed.title", after=began)

    def pause(self, most=0.8):
        time.sleep(self.dice.uniform(0, most))

    def first_unit(self):
        return self.crowd.nearest(self.pin)

    def abort(self, run=1):
        self.crowd.engine.stop_execution(executionArn=self.crowd.execution(self.report_id, run))

    # --- by the page behind the link of an SMS ---

    def link(self, where):
        """Who of those that `where` admits is sent a link for this report, and the link."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            for officer in filter(where, self.crowd.officers.values()):
                for text in reversed(self.crowd.texted(officer.phone)):
                    found = re.search(r"https?://\S+$", text)
                    if self.reference in text and found:
                        return officer, found[0]
            time.sleep(0.5)
        raise NeverHappened(f"nobody was sent a link in {PATIENCE_S:.0f} s")

    def on_page(self, link, **form):
        """Open the page, then press one of its buttons; what the page says then."""
        shown = self.crowd.http.get(link)
        assert shown.status_code == 200, shown.text[:200]
        answer = self.crowd.http.post(link, data=form)
        assert answer.status_code == 200, answer.text[:200]
        return str(answer.url).partition("?d=")[2]


# --- what officers do ---------------------------------------------------------------------------


def elsewhere(unit_id):
    return lambda officer: officer.unit_id != unit_id


def at_once(i: Incident):
    i.begin()
    officer = i.offer()
    i.accept(officer)
    i.carry_to_its_end(officer)


def two_at_once(i: Incident):
    i.begin()
    first = i.offer()
    mate = i.offer(lambda o: o.unit_id == first.unit_id and o != first)
    began = now_ms()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda officer: i.press(officer, "accept"), (first, mate)))

    def look():
        for officer in (first, mate):
            for bubble in i.crowd.inbox.by_user[officer.user_id]:
                if bubble.at >= began and bubble.has(o="on_the_way", r=i.report_id):
                    return officer
        return None

    winner = i.crowd.inbox.wait("neither of two has it", look)
    loser = mate if winner == first else first
    i.sees(loser, "officer.already_taken", began)
    i.carry_to_its_end(winner)


def late(i: Incident):
    i.begin()
    first = i.offer()
    i.offer(elsewhere(first.unit_id))
    i.accept(first)
    i.carry_to_its_end(first)


def station_declines(i: Incident):
    i.begin()
    first = i.offer()
    mate = i.offer(lambda o: o.unit_id == first.unit_id and o != first)
    for officer in (first, mate):
        i.pause()
        i.press(officer, "decline")
    other = i.offer(elsewhere(first.unit_id))
    i.accept(other)
    i.carry_to_its_end(other)


def all_decline(i: Incident):
    i.begin()
    said_no = set()
    while True:
        officer = i.offer(lambda o: o not in said_no)
        if officer.unit_id == DESK_UNIT_ID:
            break
        said_no.add(officer)
        i.press(officer, "decline")
    i.accept(officer)
    i.carry_to_its_end(officer)


def silent_to_the_desk(i: Incident):
    i.begin()
    desk = i.offer(lambda o: o.unit_id == DESK_UNIT_ID)
    i.pause(8)
    i.accept(desk)
    i.carry_to_its_end(desk)


def taken_over(i: Incident):
    i.begin()
    desk = i.offer(lambda o: o.unit_id == DESK_UNIT_ID)
    began = i.accept(desk)
    officer = i.offer(elsewhere(DESK_UNIT_ID), after=began)
    i.pause()
    i.accept(officer)
    i.carry_to_its_end(officer)


def desk_assigns(i: Incident):
    i.begin()
    desk = i.offer(lambda o: o.unit_id == DESK_UNIT_ID)
    i.press(desk, "assign")

    def look():
        for bubble in reversed(i.crowd.inbox.by_user[desk.user_id]):
            units = [u for u in i.crowd.stations if bubble.has(o="assign", r=i.report_id, to=u)]
            if units:
                return [unit for unit in units if unit not in BLOCKED]
        return None

    unit_id = i.dice.choice(i.crowd.inbox.wait("no units to assign", look))
    began = now_ms()
    i.press(desk, "assign", to=unit_id)
    officer = i.offer(lambda o: o.unit_id == unit_id, after=began)
    i.accept(officer)
    i.carry_to_its_end(officer)


def accept_then_silence(i: Incident):
    i.begin()
    sleepy = i.offer()
    began = i.accept(sleepy)
    released = i.sees(sleepy, "officer.released", began)
    other = i.offer(lambda o: o != sleepy, after=released.at)
    i.accept(other)
    i.carry_to_its_end(other)


def hands_over(i: Incident):
    i.begin()
    first = i.offer()
    i.accept(first)
    i.press(first, "hand_over")
    began = now_ms()
    i.press(first, "hand_over", why=i.dice.choice(list(HandOverReason)).value)
    other = i.offer(lambda o: o != first, after=began)
    i.accept(other)
    i.carry_to_its_end(other)


def wants_help(i: Incident):
    i.begin()
    first = i.offer()
    began = i.accept(first)
    i.reads("status.acknowledged.title", after=began)
    if i.dice.random() < 0.5:
        i.press(first, "help")
    else:
        i.do(type="postback", data=f"a=nobody_came&r={i.report_id}")
    helper = i.offer(act="join")
    i.press(helper, "join")
    i.sees(helper, "officer.joined.title")
    i.sees(first, "officer.helper_joined")
    i.carry_to_its_end(first)


def cancelled(i: Incident):
    i.begin()
    when = i.dice.randrange(3)
    if when >= 1:
        officer = i.offer()
        if when == 2:
            i.accept(officer)
        i.pause(3)
        i.cancel()
        i.sees(officer, "officer.cancelled")
    else:
        i.pause(0.3)
        i.cancel()


def blocked_station(i: Incident):
    i.begin()
    if i.dice.random() < 0.5:
        by_page(i, lambda o: o.unit_id == i.first_unit())
        i.reads("status.closed.title")
        return
    other = i.offer()
    i.accept(other)
    i.carry_to_its_end(other)


def by_page(i: Incident, where):
    i.pause(4)
    _, link = i.link(where)
    assert i.on_page(link, act="accept") == "accepted"
    for act in i.dice.choice([(), ("on_the_way",), ("on_the_way", "on_scene")]):
        i.pause()
        assert i.on_page(link, act=act) == act
    asks(i)
    i.pause()
    assert i.on_page(link, act="close", choice="resolved") == "done"


def asks(i: Incident):
    """The reporter asks how it stands: a reply, which needs no quota."""
    began = now_ms()
    i.asked = True
    i.do(type="postback", data="a=status")
    told = ("status.acknowledged.title", "status.on_the_way.title", "status.on_scene.title")
    i.reads(*told, after=began)


def quota_spent(i: Incident):
    i.begin()
    by_page(i, lambda o: o.unit_id == i.first_unit())


def line_in_trouble(i: Incident):
    fault = i.dice.choice([{"status": 500}, {"status": 503, "after": True}, {"delay_ms": 1500}])
    i.crowd.phones.post("/_sim/faults", {"endpoint": "push", "count": 3, **fault})
    at_once(i)


def aborted(i: Incident):
    i.begin()
    officer = i.offer()
    match i.dice.randrange(4):
        case 0:  # and offered again by the auditor's execution
            began = now_ms()
            i.abort()
            officer = i.offer(after=began)
            i.accept(officer)
        case 1:  # and accepted while no execution carries it
            i.abort()
            began = i.accept(officer)
            i.reads("status.acknowledged.title", after=began)
        case 2:  # after it was accepted
            i.accept(officer)
            i.pause()
            i.abort()
            i.pause(8)
        case 3:  # and closed while no execution carries it
            i.accept(officer)
            i.abort()
    i.carry_to_its_end(officer)


def nobody_came(i: Incident):
    i.begin()
    first = i.offer()
    i.accept(first)
    i.carry_to_its_end(first)
    i.pause(2)
    began = now_ms()
    i.do(type="postback", data=f"a=nobody_came&r={i.report_id}")
    i.reads("reopened.title", after=began)
    officer = i.offer(after=began)
    i.accept(officer)
    i.carry_to_its_end(officer)


def no_number(i: Incident):
    i.begin(give_number=False)
    officer = i.offer()
    i.accept(officer)
    i.carry_to_its_end(officer)


def nobody_answers(i: Incident):
    i.begin()
    first = i.offer(lambda o: o.unit_id == DESK_UNIT_ID)
    i.reads("status.at_desk.title")
    seen = len([b for b in i.crowd.inbox.by_user[first.user_id] if b.has(r=i.report_id)])

    def look():
        now = [b for b in i.crowd.inbox.by_user[first.user_id] if b.has(r=i.report_id)]
        return now if len(now) > seen else None

    i.crowd.inbox.wait("the desk was not asked again", look)


# --- seasons: what is so for everybody for a while -----------------------------------------------


@contextmanager
def ordinary(_crowd) -> Iterator[None]:
    yield


@contextmanager
def without_quota(crowd) -> Iterator[None]:
    crowd.phones.post("/_sim/quota", {"spent": True})
    yield
    crowd.phones.post("/_sim/quota", {"limit": None})


@dataclass(frozen=True)
class Behaviour:
    name: str
    weight: int
    play: Callable[[Incident], None]
    season: Callable = ordinary
    blocked: bool = False


BEHAVIOURS = (
    Behaviour("accepts at once", 14, at_once),
    Behaviour("two accept at once", 6, two_at_once),
    Behaviour("accepts when others are asked", 7, late),
    Behaviour("a station declines", 8, station_declines),
    Behaviour("all decline but the desk", 4, all_decline),
    Behaviour("silence up to the desk", 6, silent_to_the_desk),
    Behaviour("silence, the desk assigns", 4, desk_assigns),
    Behaviour("a station takes it from the desk", 3, taken_over),
    Behaviour("accepts, then silence", 8, accept_then_silence),
    Behaviour("accepts, hands over", 6, hands_over),
    Behaviour("accepts, wants help", 6, wants_help),
    Behaviour("cancelled by the reporter", 7, cancelled),
    Behaviour("a station has all blocked us", 6, blocked_station, blocked=True),
    Behaviour("LINE fails, hangs, loses answers", 4, line_in_trouble),
    Behaviour("workflow aborted", 6, aborted),
    Behaviour("closed, but nobody came", 4, nobody_came),
    Behaviour("no number given", 2, no_number),
    Behaviour("LINE's quota spent, by SMS link", 8, quota_spent, without_quota),
    Behaviour("nobody ever answers", 2, nobody_answers),
)


def draw(crowd, dice, count):
    """Which reports there will be, each behaviour at least once; the same dice draw the same."""
    weights = [behaviour.weight for behaviour in BEHAVIOURS]
    drawn = [*BEHAVIOURS, *dice.choices(BEHAVIOURS, weights, k=count)][:count]
    dice.shuffle(drawn)
    return [
        Incident(
            crowd=crowd,
            number=number,
            behaviour=behaviour,
            dice=random.Random(dice.random()),
            pin=_pin(crowd, dice, blocked=behaviour.blocked),
            kind=dice.randint(1, 5),
            silent=dice.random() < 0.25,
            drill=dice.random() < 0.1,
        )
        for number, behaviour in enumerate(drawn, start=1)
    ]


def _pin(crowd, dice, *, blocked):
    while True:
        around = crowd.stations[dice.choice(list(crowd.stations))]
        pin = Point(
            round(around.latitude + dice.uniform(-REACH_DEG, REACH_DEG), 6),
            round(around.longitude + dice.uniform(-REACH_DEG, REACH_DEG), 6),
        )
        if (crowd.nearest(pin) in BLOCKED) is blocked and locate(pin) is Area.INSIDE:
            return pin


def warm_up(crowd, workers):
    """Let so many reports be answered at once that every function has its processes."""
    crowd.phones.post("/_sim/quota", {"limit": None})
    pins = list(crowd.stations.values())
    plain = BEHAVIOURS[0]
    for _ in range(2):
        incidents = [
            Incident(crowd, 0, plain, random.Random(n), pins[n % len(pins)], 1, False, False)
            for n in range(workers)
        ]
        _play(incidents, workers, lambda _: None)


def play_all(crowd, incidents, workers, say):
    """Let everything happen: season by season, `workers` reports at a time.

    Whoever is never answered comes last: the desk is called for them again and again.
    """
    for officer in crowd.officers.values():
        if officer.unit_id in BLOCKED:
            crowd.act(officer.user_id, type="unfollow")
    ends = threading.Event()
    auditor = threading.Thread(target=_audit_often, args=(crowd, ends), name="auditor")
    auditor.start()
    left = [i for i in incidents if i.behaviour.play is nobody_answers]
    rest = [i for i in incidents if i.behaviour.play is not nobody_answers]
    try:
        for season in (ordinary, without_quota):
            with season(crowd):
                _play([i for i in rest if i.behaviour.season is season], workers, say)
        _play(left, max(workers, len(left)), say)
    finally:
        ends.set()
        auditor.join()


def _play(incidents, workers, say):
    with ThreadPoolExecutor(workers) as pool:
        jobs = []
        for number, incident in enumerate(incidents):
            jobs.append(pool.submit(_play_one, incident, say))
            # Processes that are not there yet are started one after the other on two cores.
            time.sleep(RAMP_S if number < workers else 0)
        for job in jobs:
            job.result()


def _play_one(incident, say):
    try:
        incident.behaviour.play(incident)
    except (AssertionError, httpx.HTTPError, ClientError) as failure:
        incident.failure = f"{type(failure).__name__}: {failure}"
    say(incident)


def _audit_often(crowd, ends):
    while not ends.wait(AUDIT_S):
        crowd.cloud.audit()


@contextmanager
def unwatched(cloud) -> Iterator[None]:
    """Without the simulator's page reading all reports and SMS twice a second: nobody looks."""
    view, often = cloud.simulator.simulator.cloud, cloud_view.POLL_SECONDS
    settings = view.settings
    view.settings = replace(settings, reports_table="", region="nowhere")
    cloud_view.POLL_SECONDS = 5.0
    try:
        yield
    finally:
        view.settings = settings
        cloud_view.POLL_SECONDS = often

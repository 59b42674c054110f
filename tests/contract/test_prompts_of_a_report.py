"""What a whole report really says: every prompt of the use cases, with the facts they really give.

The catalogue's own contract (test_messages.py) fills each text with samples. Here nothing is filled
in: a fact that a text names and a use case does not give would cost somebody a message.
"""

import json
from dataclasses import replace

import pytest

from ess.adapters.email.sns import SnsDeskMail
from ess.adapters.line.render import render
from ess.adapters.memory.conversations import MemoryConversations
from ess.adapters.memory.media_queue import MemoryMediaQueue
from ess.adapters.sms.text import compose
from ess.domain import conversation as talk
from ess.domain import dispatch, relay, unsend
from ess.domain.conversation import Moment, advance, reporter_view, status_prompt
from ess.domain.errors import ReportReleased
from ess.domain.geo import Point
from ess.domain.incoming import IncomingEvent
from ess.domain.ladder import Unit, UnitKind, When
from ess.domain.media import MediaKind, MediaRef
from ess.domain.report import ClosingReason, HandOverReason, Notified, Status
from ess.domain.response import MAX_REMINDERS_ON_SCENE
from ess.domain.understanding import Role
from ess.messages import catalogue
from ess.usecases.take_note import Notes
from local.simulator import validate
from tests.unit.incident_kit import (
    ALICE,
    BOB,
    CAROL,
    CENTER,
    DORA,
    FIRST,
    REPORT,
    REPORTER,
    SECOND,
    SOCIAL,
    SOMCHAI,
    World,
    ladder_of,
    officer,
)

PHONE_ONLY = officer("peter", FIRST.unit_id, line=False)
EMPTY = Unit("np-empty", "สภ.ว่าง", "Empty", UnitKind.POLICE_STATION, 9000.0)
LADDER = ladder_of(
    FIRST,
    (FIRST, SECOND),
    CENTER,
    notices=[((SOCIAL,), When.AT_ONCE)],
    nearby=(SECOND, EMPTY),
)


class Mailbox:
    def publish(self, **message):
        self.message = message


def say(world, given):
    """Let the reporter say something, as the webhook does; return the answer."""
    world.taps += 1
    conversations = MemoryConversations(world.store)
    before = conversations.get(REPORTER)
    moment = Moment(f"said-{world.taps}", world.clock.now(), 60, _number_in)
    outcome = advance(before, given, moment)
    conversations.save(before, outcome.conversation, outcome.write)
    world.said += outcome.answer
    return outcome


def _number_in(text):
    return "+66812345678" if text.startswith("08") else None


def world_of(**fields):
    people = [ALICE, BOB, CAROL, DORA, SOMCHAI, PHONE_ONLY, officer("radio", CENTER.unit_id)]
    world = World(*people, ladder=fields.pop("ladder", LADDER), **fields)
    world.said = []
    return world


def accepted_and_closed(world):
    world.notify(0)
    world.tap(BOB, "decline")
    world.tap(ALICE, "accept")
    world.tap(CAROL, "accept")
    world.tap(BOB, "accept")
    world.follow_up("accepted")
    say(world, talk.AskingAllowed())
    say(world, talk.TextSent("0812345678"))
    world.follow_up("phone_added")
    world.tap(ALICE, "on_the_way")
    world.follow_up("progress")
    say(world, talk.NobodyCame(world.report.report_id))
    world.follow_up("nobody_came")
    world.tap(ALICE, "help")
    world.follow_up("help")
    world.tap(CAROL, "join")
    world.follow_up("joined")
    world.tap(ALICE, "on_scene")
    world.follow_up("progress")
    world.tap(ALICE, "close")
    world.tap(ALICE, "close", ClosingReason.RESOLVED)
    world.conclude()
    say(world, talk.HelpCame(world.report.report_id))
    world.tap(ALICE, "close", ClosingReason.RESOLVED)


def nobody_answers(world):
    for step in range(4):
        world.notify(step, token=f"token-{step}")
    world.notify(4, token="token-4")
    world.tap(DORA, "assign")
    world.tap(DORA, "assign", EMPTY.unit_id)
    world.tap(DORA, "assign", SECOND.unit_id)
    world.notify(5, token="token-5")
    world.tap(CAROL, "accept")
    world.follow_up("accepted")


def silence_and_hand_over(world):
    world.notify(0)
    world.tap(ALICE, "accept")
    world.follow_up("accepted")
    for number in range(2):
        world.clock.advance(700)
        world.follow_up("silence", token=f"silent-{number}")
    world.clock.advance(700)
    with pytest.raises(ReportReleased):
        world.follow_up("silence", token="silent-2")
    world.notify(1, token="token-9")
    world.tap(CAROL, "accept")
    world.tap(CAROL, "hand_over")
    world.tap(CAROL, "hand_over", HandOverReason.OUTSIDE_AREA)
    with pytest.raises(ReportReleased):
        world.follow_up("handed_over")


def closed_and_reopened(world):
    world.notify(0)
    world.tap(ALICE, "accept")
    world.tap(ALICE, "close", ClosingReason.NOBODY_FOUND)
    world.conclude()
    say(world, talk.NobodyCame(world.report.report_id))
    world.notify(0, token="token-r", run=2)
    world.notify(3, token="token-d", run=2)
    world.tap(DORA, "accept")
    world.follow_up("accepted", run=2)
    say(world, talk.StatusAsked())


def cancelled(world):
    world.notify(0)
    world.tap(ALICE, "accept")
    world.follow_up("accepted")
    say(world, talk.CancelAsked())
    say(world, talk.CancelConfirmed(world.report.report_id))
    say(world, talk.CancelConfirmed(world.report.report_id, "safe_now"))
    world.conclude()
    world.tap(ALICE, "on_the_way")


def refused_taps(world):
    world.tap(ALICE, "accept")
    world.notify(0)
    world.tap(SOMCHAI, "accept")
    world.tap(BOB, "on_scene")
    world.tap(ALICE, "accept")
    world.tap(ALICE, "assign", SECOND.unit_id)
    world.tap(BOB, "join")
    world.tap(BOB, "hand_over")
    world.tap(ALICE, "close", "because")


def silent_on_the_scene(world):
    world.notify(0)
    world.tap(ALICE, "accept")
    world.tap(ALICE, "on_scene")
    world.follow_up("progress")
    for number in range(MAX_REMINDERS_ON_SCENE):
        world.clock.advance(700)
        world.follow_up("silence", token=f"silent-{number}")
    world.clock.advance(700)
    with pytest.raises(ReportReleased):
        world.follow_up("silence", token="silent")


def news_by_sms_alone(world):
    """The quota is spent, and whoever accepted has no LINE."""
    world.notify(0)
    made = dispatch.acknowledge(world.report, "peter", now=world.clock.now(), wait_s=600)
    world.reports.save(made)
    world.messenger.quota = 0
    world.follow_up("accepted")
    say(world, talk.TextSent("0812345678"))
    world.follow_up("phone_added")
    say(world, talk.NobodyCame(world.report.report_id))
    world.follow_up("nobody_came")
    for number in range(2):
        world.clock.advance(700)
        world.follow_up("silence", token=f"silent-{number}")
    world.clock.advance(700)
    with pytest.raises(ReportReleased):
        world.follow_up("silence", token="silent")


def closed_and_noted(world):
    world.notify(0)
    world.tap(ALICE, "accept")
    world.tap(ALICE, "close", ClosingReason.RESOLVED)
    queue = MemoryMediaQueue()
    notes = Notes(
        world.conversations, world.reports, world.responders, lambda: queue, world.messenger
    )
    notes.begin(ALICE.line_user_id, world.report.report_id, world.clock.now())
    conversation = world.conversations.get(ALICE.line_user_id)
    for number, given in enumerate((talk.TextSent("two injured"), talk.MediaSent("image", "5"))):
        event = IncomingEvent(f"n{number}", ALICE.line_user_id, f"reply-n{number}", given)
        answer = notes.take(event, conversation, world.clock.now())
        world.messenger.reply(event.reply_token, [answer.prompt], conversation.language)


def no_unit_was_found(world):
    world.put(replace(world.report, ladder=None))
    for step in range(2):
        world.notify(step, token=f"token-{step}")
    world.tap(DORA, "assign")
    world.tap(DORA, "accept")
    world.follow_up("accepted")
    world.tap(DORA, "help")
    world.follow_up("help")
    say(world, talk.CallDeclined())
    world.follow_up("no_call")


def words_and_files(world):
    world.notify(0)
    say(world, talk.Answered("hurt", "yes"))
    say(world, talk.PinShared(Point(17.5, 104.7)))
    world.notify(1, token="token-1b")
    world.tap(ALICE, "accept")
    for number in range(5):
        say(world, talk.TextSent(f"note {number}"))
    say(world, talk.Answered("weapon", "unknown"))
    say(world, talk.WhoChosen(Role.VOLUNTEER))
    say(world, talk.PinShared(Point(17.6, 104.7)))
    for kind in MediaKind:
        ref = MediaRef(world.report.report_id, kind, kind.value)
        world.put(relay.attach(world.report, ref).report)
    world.follow_up("details")
    world.put(unsend.retract(replace(world.report, note_ids=("7",)), "7", 1.0).report)
    world.follow_up("details", token="token-3")
    world.tap(ALICE, "more")
    world.tap(ALICE, "talk")


def reported_by_several(world):
    """Whoever has a linked report is asked, accepts this one, too, and closes both."""
    for number, responder_id in (("1", "carol"), ("2", None)):
        other = replace(
            world.report, report_id=number * 32, reporter_id="U" + number * 32, linked=(REPORT,)
        )
        if responder_id:
            known = Notified("carol", SECOND.unit_id, CAROL.name_th, CAROL.name_en, 0)
            known = replace(known, line_user_id=CAROL.line_user_id)
            other = replace(
                other, status=Status.ON_SCENE, notified=(known,), acknowledged_by="carol"
            )
        world.store.reports[other.report_id] = other
    world.put(replace(world.report, linked=("1" * 32, "2" * 32)))
    world.notify(0)
    world.tap(CAROL, "accept")
    world.follow_up("accepted")
    world.tap(CAROL, "close", ClosingReason.RESOLVED)
    world.conclude()


STORIES = [
    reported_by_several,
    words_and_files,
    accepted_and_closed,
    nobody_answers,
    silence_and_hand_over,
    closed_and_reopened,
    cancelled,
    refused_taps,
    silent_on_the_scene,
    news_by_sms_alone,
    closed_and_noted,
    no_unit_was_found,
]
FIELDS = {
    "as it is": {},
    "drill": {"drill": True},
    "silent": {"can_talk": False, "phone": None},
    "english": {"language": "en"},
    "language not chosen": {"language": None, "place": "ตลาด " * 40},
}
NOTHING_TOLD = {"officer.unknown", "officer.not_yours", "officer.not_now"}
"""Answers to a tap that is refused: they tell nothing of the report, not even that it is one."""


def prompts_of(world):
    """Everything said, as (language, prompt, whether to the reporter)."""
    language = world.report.language
    for push in world.messenger.pushes:
        to_reporter = push.line_user_id == REPORTER
        for prompt in push.prompts:
            yield push.language, prompt, to_reporter
    for reply in world.messenger.replies:
        for prompt in reply.prompts:
            yield reply.language, prompt, False
    for prompt in world.said:
        yield language, prompt, True
    view = reporter_view(world.report)
    yield language, status_prompt(view), True


@pytest.mark.parametrize("fields", FIELDS)
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_every_prompt_has_what_its_text_names(story, fields):
    world = world_of(**FIELDS[fields])
    story(world)
    for language, prompt, to_reporter in prompts_of(world):
        messages = render([prompt], language)
        assert validate.messages(messages) == [], prompt.name
        written = json.dumps(messages, ensure_ascii=False)
        assert "None" not in written, prompt.name
        assert to_reporter is not prompt.name.startswith("officer."), prompt.name
        if prompt.name not in NOTHING_TOLD:
            labels = [catalogue.load(la)["drill.label"] for la in catalogue.LANGUAGES]
            assert any(label in written for label in labels) is world.report.drill, prompt.name


@pytest.mark.parametrize("fields", FIELDS)
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_every_sms_and_mail_has_what_its_text_names(story, fields):
    world = world_of(**FIELDS[fields])
    story(world)
    for _phone, prompt in world.sms.sent:
        text = compose(prompt)
        assert "None" not in text
        assert (catalogue.load("th")["sms.drill"] in text) is world.report.drill
        assert not any(part in text for part in ("812345678", "17.406", "104.786"))
    for prompt in world.desk_mail.sent:
        mailbox = Mailbox()
        SnsDeskMail(mailbox, "arn").send(prompt)
        assert ("[DRILL]" in mailbox.message["Subject"]) is world.report.drill
        assert "None" not in mailbox.message["Message"]
        assert not any(part in str(mailbox.message) for part in ("812345678", "17.406", "104.786"))


ABOUT_THE_OFFICER = (
    *("officer.none", "officer.join.", "officer.phone.", "officer.duty.", "officer.status."),
    *("officer.leave.", "officer.noted", "officer.note", "officer.photo_", "officer.relay."),
)


def test_the_stories_say_all_that_officers_are_told_of_a_report():
    said, texted = set(), set()
    for story in STORIES:
        world = world_of()
        story(world)
        said |= {prompt.name for _, prompt, _ in prompts_of(world)}
        texted |= {prompt.name for _, prompt in world.sms.sent}
    about_reports = {
        name
        for name in catalogue.load("forms")
        if name.startswith("officer.") and not name.startswith(ABOUT_THE_OFFICER)
    }
    assert about_reports <= said
    by_sms = {name for name in catalogue.load("th") if name.startswith("sms.")}
    assert by_sms - {"sms.link", "sms.drill", "sms.confirm_phone"} <= texted

"""What a reporter says, mends and sends reaches who goes; their words come back; no more."""

import json
from dataclasses import replace

import pytest

from ess import bootstrap
from ess.adapters.line.render import render
from ess.adapters.sms.text import compose
from ess.domain import conversation as talk
from ess.domain import relay, response
from ess.domain.conversation import Conversation, Prompt
from ess.domain.errors import PermanentFailure, QuotaSpent, TemporaryFailure
from ess.domain.geo import Point
from ess.domain.incoming import IncomingEvent, ResponderTap, Unsent
from ess.domain.kinds import Kind
from ess.domain.media import REPORTER as FROM_REPORTER
from ess.domain.media import Content, MediaItem, MediaKind
from ess.domain.officer_step import OfficerStep, PhoneCheck
from ess.domain.pace import EVENTS, SLOW_S
from ess.domain.report import HandOverReason, Report, Status, Told
from ess.domain.report_writes import apply
from ess.settings import Settings
from ess.usecases.follow_up_report import UNHEARD
from ess.usecases.take_note import Notes, sends_held
from ess.usecases.unsend_message import unsend_message
from functions.receive_webhook import app
from tests.unit.incident_kit import (
    ALICE,
    BOB,
    CAROL,
    DORA,
    PIN,
    REPORT,
    REPORTER,
    World,
    WorldOfFiles,
    officer,
)

PETER = officer("peter", line=False)
ELSEWHERE = Point(17.43, 104.77)  # 3 km: the same incident
WORDS = "officer.from_reporter"
OTHER = "1" * 32


class RelayWorld(WorldOfFiles):
    """A world in which officers can write, too."""

    def __init__(self, *people, **fields):
        super().__init__(*people, **fields)
        self.notes = Notes(
            self.conversations,
            self.reports,
            self.responders,
            lambda: self.queue,
            self.messenger,
            bootstrap.understander(),
        )

    def write(self, who, given, event_id=None):
        """An officer sends something: the webhook's own use case; the prompts answered."""
        if isinstance(given, str):
            given = talk.TextSent(given)
        self.taps += 1
        return self.write_event(who, given, given, event_id or f"written-{self.taps}")

    def write_event(self, who, sent, given, event_id):
        event = IncomingEvent(event_id, who.line_user_id, f"reply-{event_id}", sent)
        self.receive(event, given, read_phone=lambda _: None, notes=self.notes)
        return [prompt.name for prompt in self.messenger.replies[-1].prompts]

    def tap(self, who, act, choice=None, event_id=None):
        """An officer's button, with what the webhook does beside it."""
        answer = super().tap(who, act, choice, event_id)
        if answer and not answer.refused:
            tapped = ResponderTap(act, REPORT, choice)
            self.notes.follow(who.line_user_id, tapped, self.clock.now())
        return answer

    def beside(self, who=ALICE):
        """Another open report of the same officers, acted on last; whoever reported it."""
        other = replace(
            self.report, report_id=OTHER, reference="ABC-234", reporter_id="U" + "8" * 32
        )
        self.store.reports[OTHER] = other
        self.notes.begin(who.line_user_id, OTHER, self.clock.now(), closing=False)

    def choose(self, who, report_id, choice=None):
        """An officer says whom they write to, or whom the words that were held are for."""
        tapped = ResponderTap("talk", report_id, choice)
        if not sends_held(tapped):
            self.notes.follow(who.line_user_id, tapped, self.clock.now())
            return None
        self.taps += 1
        return self.write_event(who, tapped, talk.ButtonUnknown(), f"chosen-{self.taps}")

    def tell(self, *texts):
        for text in texts:
            self.say(talk.TextSent(text))

    def send_file(self, kind=MediaKind.IMAGE, message_id="1", **more):
        self.content.sent[message_id] = Content(b"file", "image/png")
        item = MediaItem(REPORT, message_id, kind, FROM_REPORTER, f"event-{message_id}")
        return self.keep(item, **more)

    def heard(self, who, name=WORDS):
        """The texts of the reporter that an officer got, in order."""
        pushed = self.messenger.pushed_to(who.line_user_id)
        return [prompt.params.get("words") for prompt in pushed if prompt.name == name]

    def card(self, who, name="officer.details"):
        pushed = self.messenger.pushed_to(who.line_user_id)
        return [prompt for prompt in pushed if prompt.name == name][-1]

    def to_reporter(self):
        pushes = [p for p in self.messenger.pushes if p.line_user_id == REPORTER]
        return [p for p in pushes if p.prompts[0].name == "from_officer"]


def accepted(*people, by=ALICE, **fields):
    world = RelayWorld(*(people or (ALICE, BOB)), **fields)
    world.notify()
    world.tap(by, "accept")
    world.follow_up("accepted")
    world.messenger.pushes.clear()
    return world


# --- the reporter's words -----------------------------------------------------------------------


def test_what_the_reporter_writes_reaches_who_accepted_once_and_in_order():
    world = accepted()
    world.tell("เขาอยู่หน้าบ้าน", "มีมีด")
    assert world.workflow.resumed[-1] == ("token-2", "details")
    for token in ("token-3", "token-4"):
        world.follow_up("details", token)
    assert world.heard(ALICE) == ["เขาอยู่หน้าบ้าน", "มีมีด"]
    assert world.heard(BOB) == []


def test_the_words_themselves_are_in_no_line_of_the_timeline():
    world = accepted()
    world.tell("ความลับ")
    world.follow_up("details", "token-3")
    world.write(ALICE, "อย่าออกมา")
    lines = json.dumps(
        [[e.action, e.actor, dict(e.detail)] for e in world.reports.timeline(REPORT)],
        ensure_ascii=False,
    )
    assert "relayed" in lines
    assert "ความลับ" not in lines
    assert "อย่าออกมา" not in lines


def test_what_was_said_before_somebody_accepted_comes_once_with_acceptance():
    world = RelayWorld(ALICE)
    world.notify()
    world.say(talk.Answered("hurt", "yes"))
    world.tell("หนึ่ง", "สอง")
    assert world.workflow.resumed == []  # nobody to tell yet
    world.tap(ALICE, "accept")
    assert world.answered.params["hurt"] == "yes"
    for token in ("token-2", "token-3"):
        world.follow_up("accepted", token)
    assert world.heard(ALICE) == ["หนึ่ง", "สอง"]
    assert "officer.details" not in world.told(ALICE)  # the answer to accepting shows that


def test_many_texts_from_before_come_together_and_the_last_three_alone():
    world = RelayWorld(ALICE)
    world.notify()
    world.tell(*"abcdef")
    world.tap(ALICE, "accept")
    world.follow_up("accepted")
    assert world.heard(ALICE) == ["a\nb\nc", "d", "e", "f"]


def test_older_texts_come_in_as_many_messages_as_hold_all_of_them():
    notes = (*("x" * 500 for _ in range(8)), "", "y" * 500, *"345")
    report = replace(World(ALICE).report, notes=notes)
    words = relay.news_of(report, "alice").words
    assert [one.key for one in words] == [
        "notes-0-7",
        "notes-7-10",
        "note-10",
        "note-11",
        "note-12",
    ]
    assert "\n".join(one.text for one in words) == "\n".join(filter(None, notes))
    assert max(len(one.text) for one in words) <= relay.OLDER_LIMIT


def test_older_texts_full_of_emoji_come_in_messages_that_line_takes():
    notes = ["😱" * 500] * 12
    report = accepted(notes=tuple(notes)).report
    sent = [
        Prompt(WORDS, {"report_id": REPORT, "reference": "K7P-2MX", "words": words.text})
        for words in relay.news_of(replace(report, told=()), ALICE.responder_id).words
    ]
    texts = [render([prompt], "th")[0]["text"] for prompt in sent]
    assert max(len(text.encode("utf-16-le")) // 2 for text in texts) <= 5_000
    assert "".join(texts).count("😱") == 6_000


def test_a_helper_who_cannot_go_after_all_hears_no_more_from_the_reporter():
    world = accepted(ALICE, BOB)
    world.tap(ALICE, "help")
    world.follow_up("help")
    world.tap(BOB, "join")
    world.tap(ALICE, "hand_over", HandOverReason.CANNOT_REACH)
    assert world.tap(BOB, "decline").prompt.name == "officer.declined"
    world.tap(ALICE, "accept")
    world.follow_up("accepted", "token-5")
    world.tell("ความลับ")
    world.follow_up("details", "token-6")
    assert (world.heard(ALICE), world.heard(BOB)) == (["ความลับ"], [])
    assert world.write(BOB, "ผมเอง") != ["officer.relay.sent"]


def test_whoever_joins_gets_everything_and_from_then_on_what_is_new():
    world = accepted(ALICE, BOB, CAROL, DORA)
    world.tell("หนึ่ง")
    world.follow_up("details", "token-3")
    world.tap(ALICE, "help")
    world.follow_up("help", "token-4")
    assert world.heard(CAROL) == []  # called, not going
    world.tap(CAROL, "join")
    world.follow_up("joined", "token-5")
    world.tell("สอง")
    world.follow_up("details", "token-6")
    assert world.heard(CAROL) == world.heard(ALICE) == ["หนึ่ง", "สอง"]
    assert world.heard(BOB) == world.heard(DORA) == []


def test_the_next_officer_gets_all_of_it_and_the_one_before_nothing_more():
    world = accepted()
    world.tell("หนึ่ง")
    world.follow_up("details", "token-3")
    world.tap(ALICE, "hand_over", "other_incident")
    world.tell("สอง")
    world.tap(BOB, "accept")
    world.follow_up("accepted", "token-5")
    assert world.heard(ALICE) == ["หนึ่ง"]
    assert world.heard(BOB) == ["หนึ่ง", "สอง"]
    world.tell("สาม")
    world.follow_up("details", "token-6")
    assert (world.heard(ALICE), world.heard(BOB)[-1]) == (["หนึ่ง"], "สาม")


def test_nothing_is_left_out_though_the_function_dies_before_it_writes_down_what_it_told():
    world = accepted()
    world.tell(*"abcd")
    world.reports.plan("save", None, TemporaryFailure("DynamoDB"))
    with pytest.raises(TemporaryFailure):
        world.follow_up("details", "token-3")
    world.follow_up("details", "token-4")
    assert world.heard(ALICE) == ["a", "b", "c", "d"]


def test_words_that_line_does_not_take_now_are_tried_again_and_stay_in_order():
    world = accepted()
    world.tell("a", "b")
    told = {"a": 3}

    def hang(push):
        def pushed(to, prompts, language, **more):
            words = prompts[0].params.get("words")
            if told.get(words):
                told[words] -= 1
                raise TemporaryFailure("LINE")
            return push(to, prompts, language, **more)

        return pushed

    world.messenger.push = hang(world.messenger.push)
    with pytest.raises(TemporaryFailure):
        world.follow_up("details", "token-3")
    assert world.heard(ALICE) == []
    world.follow_up("details", "token-4")
    assert world.heard(ALICE) == ["a", "b"]


def test_a_report_goes_on_though_an_officer_is_never_reached():
    world = accepted()
    world.tell("a")
    push = world.messenger.push

    def broken(to, *args, **more):
        if to == ALICE.line_user_id:
            raise TemporaryFailure("LINE")
        return push(to, *args, **more)

    world.messenger.push = broken
    world.follow_up(UNHEARD, "token-3")
    assert world.report.token == "token-3"
    world.messenger.push = push
    world.follow_up("progress", "token-4")
    assert world.heard(ALICE) == ["a"]


def test_a_text_that_line_refuses_is_not_tried_for_ever():
    world = accepted()
    world.tell("a", "b")
    push, tried = world.messenger.push, []

    def refuse(to, prompts, *args, **more):
        if prompts[0].params.get("words") == "a":
            tried.append(prompts)
            raise PermanentFailure("400")
        return push(to, prompts, *args, **more)

    world.messenger.push = refuse
    for token in ("token-3", "token-4"):
        world.follow_up("details", token)
    assert (world.heard(ALICE), len(tried)) == (["b"], 1)


def test_a_member_who_left_is_told_nothing_more():
    world = accepted(ALICE, BOB)
    world.put(replace(world.report, helpers=("bob",)))
    world.responders.put([replace(BOB, verified=False)])
    world.tell("a")
    world.follow_up("details", "token-3")
    assert (world.heard(ALICE), world.heard(BOB)) == (["a"], [])


def test_a_place_that_was_given_to_somebody_else_is_told_nothing():
    world = accepted(ALICE, BOB)
    world.put(replace(world.report, helpers=("bob",)))
    other = replace(BOB, line_user_id="U" + "e" * 32)
    world.responders.put([other])
    world.tell("a")
    world.follow_up("details", "token-3")
    assert (world.heard(ALICE), world.heard(BOB), world.heard(other)) == (["a"], [], [])


def test_a_delivery_that_could_not_wake_the_workflow_does_so_when_it_comes_again():
    world = accepted()
    world.workflow.plan("resume", TemporaryFailure("throttled"))
    with pytest.raises(TemporaryFailure):
        world.say(talk.TextSent("ช่วยด้วย"), "same")
    world.say(talk.TextSent("ช่วยด้วย"), "same")
    assert world.workflow.resumed[-1] == ("token-2", "details")
    world.follow_up("details", "token-3")
    assert world.heard(ALICE) == ["ช่วยด้วย"]


@pytest.mark.parametrize("slowness", [1, 3, 40])
def test_the_last_word_of_a_flood_reaches_who_accepted_and_no_word_is_told_twice(slowness):
    """An engine in a few lines: it follows up once for each wake, some messages late."""
    world = accepted()
    texts = [f"คำที่ {number}" for number in range(25)]
    flood = [talk.MediaSent("sticker")] * 15 + [talk.TextSent(text) for text in texts]
    rounds = 0

    def follow_up_if_woken():
        nonlocal rounds
        token, news = world.workflow.resumed[-1]
        if token == world.report.token:
            world.clock.advance(SLOW_S if news == "many_details" else 0)
            rounds += 1
            world.follow_up(news, f"next-{rounds}")

    for number, given in enumerate(flood):
        world.say(given)
        if number % slowness == slowness - 1:
            follow_up_if_woken()
    # The first thirty messages wake at once, the others with a pause before.
    follow_up_if_woken()
    assert "\n".join(world.heard(ALICE)) == "\n".join(texts)
    assert world.report.token not in world.workflow.over
    news = {heard for _, heard in world.workflow.resumed[1:]}
    assert news == ({"details", "many_details"} if slowness < 40 else {"details"})


def test_the_last_word_of_a_flood_wakes_the_workflow_when_it_is_delivered_again():
    world = accepted()
    for _ in range(EVENTS):
        world.say(talk.MediaSent("sticker"))
    world.workflow.plan("resume", TemporaryFailure("throttled"))
    with pytest.raises(TemporaryFailure):
        world.say(talk.TextSent("ช่วยด้วย"), "same")
    world.say(talk.TextSent("ช่วยด้วย"), "same")
    assert world.workflow.resumed[-1] == ("token-2", "many_details")


# --- answers, the kind, a moved pin -------------------------------------------------------------


def test_answers_reach_who_accepted_on_one_card():
    world = accepted(can_talk=False, phone=None)
    for question, answer in (("hurt", "yes"), ("still_there", "no"), ("weapon", "unknown")):
        world.say(talk.Answered(question, answer))
    world.follow_up("details", "token-3")
    world.follow_up("details", "token-4")
    assert world.told(ALICE).count("officer.details") == 1
    written = json.dumps(render([world.card(ALICE)], "th"), ensure_ascii=False)
    for words in ("มีคนเจ็บ", "คนก่อเหตุไปแล้ว", "ไม่รู้ว่ามีอาวุธไหม"):
        assert words in written
    assert "ห้ามโทรหาผู้แจ้ง" in written  # the case is silent: that is said again
    assert "หมุดเปลี่ยน" not in written


def test_a_moved_pin_updates_who_goes_and_says_so():
    world = accepted()
    world.say(talk.PinShared(ELSEWHERE, "ตลาด"))
    world.follow_up("details", "token-3")
    card = world.card(ALICE)
    assert (card.params["latitude"], card.params["longitude"]) == (17.43, 104.77)
    written = json.dumps(render([card], "th"), ensure_ascii=False)
    assert "หมุดเปลี่ยน" in written
    assert "destination=17.43,104.77" in written
    world.say(talk.Answered("hurt", "no"))
    world.follow_up("details", "token-4")
    assert "new_pin" not in world.card(ALICE).params


def test_a_pin_moved_while_nobody_has_accepted_is_in_the_next_offer_and_the_ladder_stays():
    world = RelayWorld(ALICE, CAROL)
    world.notify()
    ladder = world.report.ladder
    world.say(talk.PinShared(ELSEWHERE))
    assert world.workflow.resumed == []
    assert "revised" in world.actions
    world.notify(1, "token-1b")
    assert world.report.ladder == ladder
    offer = world.card(CAROL, "officer.offer")
    assert offer.params["latitude"] == 17.43
    assert "หมุดเปลี่ยน" in json.dumps(render([offer], "th"), ensure_ascii=False)
    first = world.card(ALICE, "officer.offer")
    assert "หมุดเปลี่ยน" not in json.dumps(render([first], "th"), ensure_ascii=False)


def test_who_accepts_after_the_pin_moved_goes_to_the_new_one_and_gets_no_second_card():
    world = RelayWorld(ALICE)
    world.notify()
    world.say(talk.PinShared(ELSEWHERE))
    world.tap(ALICE, "accept")
    assert world.answered.params["latitude"] == 17.43
    world.follow_up("accepted")
    assert "officer.details" not in world.told(ALICE)


def test_another_kind_is_told_by_its_name():
    world = accepted()
    world.say(talk.KindChosen(Kind.CONFINEMENT))
    world.follow_up("details", "token-3")
    assert world.card(ALICE).params["kind"] == Kind.CONFINEMENT


def test_offers_carry_what_was_said_and_never_the_texts():
    world = RelayWorld(ALICE, weapon="yes", hurt="unknown", landmark="รั้วเขียว", who="relative")
    world.tell("ความลับ")
    world.send_file()
    world.notify()
    offer = world.card(ALICE, "officer.offer")
    written = json.dumps(render([offer], "th"), ensure_ascii=False)
    for words in ("มีอาวุธ", "ไม่รู้ว่ามีคนเจ็บไหม", "รั้วเขียว", "ญาติหรือเพื่อน", "ไฟล์"):
        assert words in written
    assert "ความลับ" not in written
    assert "media.example" not in written


# --- officers whom LINE does not reach ----------------------------------------------------------


def test_an_officer_without_line_gets_one_sms_in_three_minutes_with_the_link():
    world = accepted(PETER, BOB, by=BOB)
    world.put(replace(world.report, helpers=("peter",)))
    world.sms.sent.clear()
    for number in range(4):
        world.tell(f"ข้อความ {number}")
        world.follow_up("details", f"token-a{number}")
    assert world.texted(PETER) == ["sms.news"]
    assert world.sms.sent[-1][1].params["link"].endswith("peter")
    assert "ข้อความ" not in compose(world.sms.sent[-1][1])
    world.clock.advance(relay.TEXT_PAUSE_S)
    world.follow_up("progress", "token-b")
    world.follow_up("progress", "token-c")
    assert (
        world.texted(PETER) == ["sms.news"] * 2
    )  # what came within the three minutes is news, too


def test_an_sms_about_words_is_sent_once_though_the_function_dies_after_it():
    world = accepted(PETER, BOB, by=BOB)
    world.put(replace(world.report, helpers=("peter",)))
    world.sms.sent.clear()
    world.tell("a")
    push = world.messenger.push

    def broken(to, prompts, *args, **more):
        if prompts[0].name == WORDS:
            raise TemporaryFailure("LINE")
        return push(to, prompts, *args, **more)

    world.messenger.push = broken
    with pytest.raises(TemporaryFailure):
        world.follow_up("details", "token-3")
    world.messenger.push = push
    world.follow_up("details", "token-4")
    assert world.texted(PETER) == ["sms.news"]
    assert world.heard(BOB) == ["a"]


def test_a_spent_quota_is_an_sms():
    world = accepted(ALICE)
    world.sms.sent.clear()
    world.tell("a")
    world.messenger.plan("push", None, QuotaSpent("month"))
    world.follow_up("details", "token-3")
    assert world.texted(ALICE) == ["sms.news"]


# --- the officers' words ------------------------------------------------------------------------


def test_an_officers_words_reach_the_reporter_and_only_then_is_that_said():
    world = accepted(language="en")
    assert world.write(ALICE, "ซ่อนตัวก่อน อีก 5 นาทีถึง") == ["officer.relay.sent"]
    assert world.answered.params["reference"] == "K7P-2MX"
    (push,) = world.to_reporter()
    assert (push.language, push.silent) == ("en", False)
    assert push.prompts[0].params["words"] == "ซ่อนตัวก่อน อีก 5 นาทีถึง"
    (message,) = render(push.prompts, "en")
    assert message["altText"] == "New message from this account"
    written = json.dumps(message["contents"], ensure_ascii=False)
    assert "ซ่อนตัวก่อน" in written
    assert "Sgt. alice" in written
    (line,) = (line for line in world.reports.timeline(REPORT) if line.action == "relayed")
    assert line.actor == "responder:alice"
    assert dict(line.detail) == {"to": "reporter", "outcome": "sent"}


def test_who_cannot_talk_gets_them_without_a_sound():
    world = accepted(can_talk=False, phone=None)
    world.write(ALICE, "ใกล้ถึงแล้ว")
    assert [push.silent for push in world.to_reporter()] == [True]


def test_words_stand_once_on_the_card_though_both_languages_are_shown():
    world = accepted(language=None)
    world.write(ALICE, "ใกล้ถึงแล้ว")
    (push,) = world.to_reporter()
    written = json.dumps(render(push.prompts, None), ensure_ascii=False)
    assert written.count("ใกล้ถึงแล้ว") == 1


def test_the_same_delivery_again_is_one_message():
    world = accepted()
    for _ in range(2):
        world.write(ALICE, "ไปแล้ว", event_id="same")
    assert len(world.to_reporter()) == 1
    assert world.actions.count("relayed") == 1


def test_a_race_for_the_officers_conversation_sends_nothing_twice():
    world = accepted()
    world.conversations.plan("save", lambda: world.write(ALICE, "สอง"))
    world.write(ALICE, "หนึ่ง")
    said = [push.prompts[0].params["words"] for push in world.to_reporter()]
    assert sorted(said) == ["สอง", "หนึ่ง"]


def test_words_that_went_to_one_reporter_go_to_no_other_though_the_officer_turns_meanwhile():
    world = accepted()
    world.conversations.plan("save", world.beside)
    assert world.write(ALICE, "ผมถึงหน้าบ้านแล้ว") == ["officer.relay.sent"]
    assert world.answered.params["reference"] == "K7P-2MX"
    assert world.choose(ALICE, OTHER, "send") == ["officer.relay.begin"]
    assert [push.line_user_id for push in world.messenger.pushes] == [REPORTER]


def test_a_button_that_has_sent_the_held_words_does_not_swallow_the_next_ones():
    world = accepted()
    world.beside()
    world.write(ALICE, "หนึ่ง")
    world.conversations.plan("save", lambda: world.write(ALICE, "สอง"))
    assert world.choose(ALICE, REPORT, "send") == ["officer.relay.sent"]
    assert world.conversations.get(ALICE.line_user_id).officer.held.words == "สอง"
    assert [p.prompts[0].params["words"] for p in world.to_reporter()] == ["หนึ่ง"]


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (QuotaSpent("month"), "officer.relay.not_sent"),
        (PermanentFailure("400"), "officer.relay.not_sent"),
        (TemporaryFailure("timeout"), "officer.relay.perhaps"),
    ],
)
def test_what_line_did_not_take_is_never_called_sent(failure, said):
    world = accepted()
    world.messenger.plan("push", failure)
    assert world.write(ALICE, "ไปแล้ว") == [said]


@pytest.mark.parametrize("given", [talk.MediaSent("image", "1"), talk.PinShared(PIN)])
def test_for_now_only_text_goes_to_the_reporter(given):
    world = accepted()
    assert world.write(ALICE, given) == ["officer.relay.words_only"]
    assert world.to_reporter() == []
    assert world.queue.items == []
    assert world.conversations.get(ALICE.line_user_id).draft is None


def test_whoever_joined_may_write_and_whoever_was_only_called_may_not():
    world = accepted(ALICE, BOB, CAROL)
    world.tap(ALICE, "help")
    world.follow_up("help", "token-3")
    world.notes.begin(CAROL.line_user_id, REPORT, world.clock.now(), closing=False)
    assert "officer.relay.sent" not in world.write(CAROL, "กำลังไป")
    world.tap(CAROL, "join")
    assert world.write(CAROL, "กำลังไป") == ["officer.relay.sent"]


def test_whoever_joined_still_writes_though_their_other_unit_is_called_later():
    again = replace(CAROL, line_user_id=BOB.line_user_id)
    world = accepted(ALICE, BOB, again)
    world.tap(ALICE, "help")
    world.tap(BOB, "join")
    world.follow_up("help")
    assert world.report.find_notified("carol") is not None
    assert world.write(BOB, "ใกล้ถึงแล้ว") == ["officer.relay.sent"]
    world.tap(BOB, "join")
    assert world.report.helpers == ("bob",)


def test_whoever_gave_it_back_or_left_the_unit_writes_to_nobody():
    world = accepted()
    world.tap(ALICE, "hand_over", "other_incident")
    assert "officer.relay.sent" not in world.write(ALICE, "ฮัลโหล")
    world.tap(BOB, "accept")
    world.responders.put([replace(BOB, verified=False)])
    assert "officer.relay.sent" not in world.write(BOB, "ฮัลโหล")
    assert world.to_reporter() == []


def test_an_officer_who_reports_something_is_a_reporter():
    world = accepted()
    who = ALICE.line_user_id
    begun = world.conversations.get(who)
    after = replace(begun, version=begun.version + 1, draft=talk.Draft(kind=Kind.ASSAULT))
    world.conversations.save(begun, after, None)
    world.write(ALICE, "หน้าตลาด")
    assert world.to_reporter() == []


@pytest.mark.parametrize("text", ["081 234 5678", "123456", "อะไรก็ได้"])
def test_what_belongs_to_the_officers_own_phone_goes_to_nobody(text):
    """A number that is being confirmed, and its code, are the officer's alone."""
    world = accepted()
    who = ALICE.line_user_id
    c = world.conversations.get(who)
    check = PhoneCheck((), world.clock.now() + 600, "+66812345678", "digest", 9e9)
    step = replace(c.officer or OfficerStep(), check=check)
    world.conversations.save(c, replace(c, version=c.version + 1, officer=step), None)
    world.write(ALICE, text)
    assert world.to_reporter() == []


def test_so_many_messages_in_five_minutes_and_no_more():
    world = accepted()
    for number in range(relay.SENT_MOST):
        assert world.write(ALICE, f"{number}") == ["officer.relay.sent"]
    assert world.write(ALICE, "หนึ่งเกิน") == ["officer.relay.wait"]
    assert len(world.to_reporter()) == relay.SENT_MOST
    world.clock.advance(relay.SENT_S)
    assert world.write(ALICE, "อีกครั้ง") == ["officer.relay.sent"]


def test_with_two_open_reports_words_wait_until_the_officer_says_whom_they_are_for():
    world = accepted()
    world.beside()
    assert world.write(ALICE, "ถึงเรื่องแรก") == ["officer.relay.which"]
    assert world.messenger.pushes == []
    (message,) = render([world.answered], "th")
    shown = json.dumps(message)
    assert f"o=talk&why=send&r={REPORT}" in shown
    assert f"o=talk&why=send&r={OTHER}" in shown
    assert world.choose(ALICE, REPORT, "send") == ["officer.relay.sent"]
    (push,) = world.to_reporter()
    assert push.prompts[0].params["words"] == "ถึงเรื่องแรก"
    # The same row again has nothing to send, and from now on it is said whom they write to.
    assert world.choose(ALICE, REPORT, "send") == ["officer.relay.begin"]
    assert world.write(ALICE, "ต่อ") == ["officer.relay.sent"]
    world.clock.advance(relay.CHOSEN_S)
    assert world.write(ALICE, "นานแล้ว") == ["officer.relay.which"]
    assert [p.line_user_id for p in world.messenger.pushes] == [REPORTER] * 2


def test_of_two_open_reports_the_one_chosen_gets_the_words_and_another_act_unchooses_it():
    world = accepted()
    world.beside()
    world.choose(ALICE, OTHER)
    assert world.write(ALICE, "ถึงอีกเรื่อง") == ["officer.relay.sent"]
    assert world.answered.params["reference"] == "ABC-234"
    assert world.messenger.pushes[-1].line_user_id == "U" + "8" * 32
    world.tap(ALICE, "on_the_way")
    assert world.write(ALICE, "ถึงใคร") == ["officer.relay.which"]
    assert world.to_reporter() == []


def test_the_end_of_the_chosen_report_does_not_turn_the_words_to_another_reporter():
    world = accepted()
    world.beside()
    world.tap(ALICE, "talk")
    world.cancel()
    world.messenger.pushes.clear()
    assert world.write(ALICE, "ผมถึงหน้าบ้านแล้ว") == ["officer.noted"]
    world.clock.advance(response.NOTE_S + 1)
    assert world.write(ALICE, "ผมถึงหน้าบ้านแล้ว") == ["officer.relay.which"]
    assert world.messenger.pushes == []


def test_the_other_report_is_no_question_once_it_is_over():
    world = accepted()
    world.beside()
    world.tap(ALICE, "on_the_way")
    world.store.reports[OTHER] = replace(world.store.reports[OTHER], status=Status.CLOSED)
    assert world.write(ALICE, "ถึงแล้ว") == ["officer.relay.sent"]


def test_held_words_that_are_taken_back_are_never_sent():
    world = accepted()
    world.beside()
    world.write(ALICE, "ความลับ")
    unsend_message(
        IncomingEvent("unsend", ALICE.line_user_id, None, Unsent("7")),
        "7",
        conversations=world.conversations,
        reports=world.reports,
        media=lambda: world.queue,
        workflow=world.workflow,
        clock=world.clock,
    )
    assert world.choose(ALICE, REPORT, "send") == ["officer.relay.begin"]
    assert world.to_reporter() == []


def test_held_words_go_to_nobody_who_is_not_the_officers_and_not_for_ever():
    world = accepted()
    world.beside()
    world.write(ALICE, "ความลับ")
    assert world.choose(BOB, REPORT, "send") == ["officer.not_yours"]
    assert world.choose(ALICE, "f" * 32, "send") == ["officer.unknown"]
    world.clock.advance(relay.CHOSEN_S)
    assert world.choose(ALICE, REPORT, "send") == ["officer.relay.begin"]
    assert world.to_reporter() == []


@pytest.mark.parametrize(
    "cry", ["ผมโดนยิง ช่วยด้วย ส่งกำลังมา", "ขอกำลังเสริมด่วน", "officer down", "โดนแทง"]
)
def test_an_officers_own_cry_for_help_is_not_sent_to_the_reporter_unless_they_say_so(cry):
    world = accepted()
    world.tap(ALICE, "talk")
    assert world.write(ALICE, cry) == ["officer.relay.urgent"]
    assert world.to_reporter() == []
    shown = json.dumps(render([world.answered], "th"))
    for data in (f"o=help&r={REPORT}", "a=report", f"o=talk&r={REPORT}&why=send"):
        assert data in shown
    assert world.choose(ALICE, REPORT, "send") == ["officer.relay.sent"]
    assert world.to_reporter()[0].prompts[0].params["words"] == cry


@pytest.mark.parametrize(
    "words", ["เขาทำร้ายคุณตรงไหน", "คนร้ายมีอาวุธไหมครับ", "ตำรวจกำลังไปช่วยครับ", "ถึงแล้ว"]
)
def test_what_an_officer_asks_or_promises_is_sent_at_once(words):
    world = accepted()
    assert world.write(ALICE, words) == ["officer.relay.sent"]


@pytest.mark.parametrize(("drill", "sent"), [(True, 1), (False, 0)])
def test_a_chosen_reporter_comes_before_the_officers_own_exercise(drill, sent):
    world = accepted()
    own = replace(world.report, report_id=OTHER, reporter_id=ALICE.line_user_id, drill=drill)
    world.store.reports[OTHER] = own
    c = world.conversations.get(ALICE.line_user_id)
    exercising = replace(c, version=c.version + 1, active=talk.reporter_view(own))
    world.conversations.save(c, exercising, None)
    world.write(ALICE, "ยังไม่ได้เลือก")
    assert world.to_reporter() == []
    world.tap(ALICE, "talk")
    world.write(ALICE, "ออกมาหน้าบ้านได้ไหม")
    assert len(world.to_reporter()) == sent


# --- a bare yes answers the officer --------------------------------------------------------------


@pytest.mark.parametrize("stale", ["question.hurt", "cancel_confirm", "already_open"])
@pytest.mark.parametrize("answer", ["ใช่", "ไม่"])
def test_after_an_officers_words_yes_and_no_are_words_for_the_officer(stale, answer):
    world = accepted(phone=None, can_talk=False)
    c = world.conversations.get(REPORTER)
    asked = replace(c, version=c.version + 1, last_answer=(talk.Prompt(stale),), awaiting=None)
    world.conversations.save(c, asked, None)
    world.write(ALICE, "ประตูล็อกหรือเปล่า")
    world.tell(answer)
    assert world.report.notes == (answer,)
    assert world.report.hurt is None
    after = world.conversations.get(REPORTER)
    assert (after.draft, after.last_answer[0].name) == (None, "note_kept_passed")


def test_after_an_officers_words_a_text_is_no_landmark_and_the_rest_stays():
    world = accepted()
    world.say(talk.LandmarkAsked())
    world.write(ALICE, "อยู่ชั้นไหน")
    world.tell("ชั้นสอง")
    assert (world.report.landmark, world.report.notes) == (None, ("ชั้นสอง",))
    before = world.conversations.get(REPORTER)
    world.write(ALICE, "รับทราบ")
    assert world.conversations.get(REPORTER) == before  # nothing was asked: no write


def test_a_question_that_cannot_be_forgotten_keeps_no_words_back():
    world = accepted()
    world.say(talk.LandmarkAsked())
    world.conversations.plan("save", TemporaryFailure())
    assert world.write(ALICE, "อยู่ชั้นไหน") == ["officer.relay.sent"]


def test_a_button_below_the_reporters_words_chooses_whom_to_write_to():
    world = accepted()
    (message,) = render([world_words(world)], "th")
    (item,) = message["quickReply"]["items"]
    assert item["action"]["data"] == f"o=talk&r={REPORT}"
    # Somebody who accepted on the page, of whom no tap in LINE is known.
    world.store.conversations.pop(ALICE.line_user_id)
    assert "officer.relay.sent" not in world.write(ALICE, "ฮัลโหล")
    world.tap(ALICE, "talk")
    assert world.answered.name == "officer.relay.begin"
    assert world.write(ALICE, "ฮัลโหล") == ["officer.relay.sent"]
    world.tap(BOB, "talk")
    assert world.answered.name == "officer.not_yours"


def world_words(world):
    world.tell("a")
    world.follow_up("details", "token-3")
    return world.card(ALICE, WORDS)


# --- a closed report closes the relay -----------------------------------------------------------


def test_after_closing_words_are_notes_for_half_an_hour_and_then_nothing_of_the_reports():
    world = accepted()
    world.tap(ALICE, "close", "resolved")
    assert world.write(ALICE, "ผู้ก่อเหตุหนีไป") == ["officer.noted"]
    assert world.write(ALICE, talk.MediaSent("image", "7")) == ["officer.photo_received"]
    world.clock.advance(1_801)
    assert world.write(ALICE, "สวัสดี") == ["not_understood", "menu"]
    assert world.to_reporter() == []


def test_when_the_reporter_has_cancelled_the_officers_words_go_to_nobody():
    world = accepted()
    world.cancel()
    world.write(ALICE, "ถึงแล้ว อยู่ไหน")
    assert world.to_reporter() == []


def test_what_a_reporter_writes_after_the_end_is_passed_on_to_nobody():
    world = accepted()
    world.tap(ALICE, "close", "resolved")
    before = world.report
    world.tell("ขอบคุณ")
    assert world.report.notes == before.notes
    assert relay.on_it(world.report) == ()


# --- files --------------------------------------------------------------------------------------


def test_a_file_is_told_to_who_goes_with_the_link_of_their_own_page():
    world = accepted(ALICE, BOB)
    world.send_file()
    world.send_file(MediaKind.AUDIO, "2")
    assert world.workflow.resumed[-1] == ("token-2", "details")
    for token in ("token-3", "token-4"):
        world.follow_up("details", token)
    assert world.told(ALICE).count("officer.media") == 1
    card = world.card(ALICE, "officer.media")
    assert card.params["page"] == "https://ess.example/o/np-first.alice"
    (message,) = render([card], "th")
    written = json.dumps(message, ensure_ascii=False)
    assert "รูป 1, เสียง 1" in written
    assert "https://ess.example/o/np-first.alice" in written
    assert "officer.media" not in world.told(BOB)
    assert "media_kept" in world.told()


def test_who_accepts_later_is_told_of_the_files_that_were_there():
    world = RelayWorld(ALICE)
    world.notify()
    world.send_file()
    assert world.workflow.resumed == []
    world.tap(ALICE, "accept")
    world.follow_up("accepted")
    assert world.told(ALICE).count("officer.media") == 1


def test_a_card_without_a_link_has_no_button():
    world = accepted()
    world.links.link_for = lambda *_: ""
    world.send_file()
    world.follow_up("details", "token-3")
    (message,) = render([world.card(ALICE, "officer.media")], "th")
    assert "footer" not in message["contents"]


def test_the_same_file_again_is_one_and_a_failure_between_is_made_good():
    world = accepted()
    world.workflow.plan("resume", TemporaryFailure("throttled"))
    with pytest.raises(TemporaryFailure):
        world.send_file()
    world.send_file()
    assert len(world.report.media) == 1
    assert world.workflow.resumed[-1] == ("token-2", "details")


def test_a_file_that_comes_after_the_end_is_kept_and_passed_on_to_nobody():
    world = accepted()
    world.tap(ALICE, "close", "resolved")
    before = world.report
    world.send_file()
    assert world.report == before
    assert len(world.files.files) == 1


def test_an_officers_own_photo_is_no_file_of_the_reporters():
    world = accepted()
    world.tap(ALICE, "close", "resolved")
    world.content.sent["9"] = Content(b"file", "image/png")
    item = MediaItem(REPORT, "9", MediaKind.IMAGE, "responder:alice", "e")
    world.put(replace(world.report, status=Status.ACKNOWLEDGED, closing_reason=None))
    world.keep(item)
    assert world.report.media == ()


# --- nobody's identity --------------------------------------------------------------------------


def test_no_message_shows_an_identity_a_number_or_an_id():
    """All that either side reads in a whole conversation, as LINE would show it."""
    carol = replace(CAROL)
    world = accepted(ALICE, BOB, carol, DORA, PETER, can_talk=False, phone="+66898765432")
    world.say(talk.Answered("weapon", "yes"))
    world.say(talk.PinShared(ELSEWHERE))
    world.tell(*"abcde")
    world.send_file()
    world.follow_up("details", "token-3")
    world.tap(ALICE, "help")
    world.follow_up("help", "token-4")
    world.tap(carol, "join")
    world.follow_up("joined", "token-5")
    for who in (ALICE, carol):
        world.write(who, "ไปแล้ว")
        world.write(who, talk.MediaSent("image", "1"))
    world.tap(ALICE, "close", "resolved")
    world.conclude()
    people = [ALICE, BOB, carol, DORA, PETER]
    secrets = [REPORTER, "898765432", "089-876", *(p.line_user_id for p in people[:4])]
    secrets += [p.phone[3:] for p in people]
    shown = [shown_of(push) for push in world.messenger.pushes]
    shown += [shown_of(reply) for reply in world.messenger.replies]
    assert len(shown) > 20
    for text in shown:
        assert not [secret for secret in secrets if secret in text], text
    for push in world.to_reporter():
        assert "np-" not in shown_of(push)
        assert "responder" not in shown_of(push)


def shown_of(sent):
    return json.dumps(render(sent.prompts, sent.language), ensure_ascii=False)


# --- the marks of what was told -----------------------------------------------------------------


def marked(*told, **fields):
    world = World(ALICE)
    return replace(world.report, told=told, **fields)


def test_what_was_told_stays_told_whichever_write_comes_last():
    report = marked(Told("alice", mended=2, notes=5, texted_at=7.0))
    after = relay.mark(report, [Told("alice", mended=1, notes=6, media=1)]).report
    assert after.told == (Told("alice", mended=2, notes=6, media=1, texted_at=7.0),)
    assert (after.version, after.changed_at) == (report.version + 1, report.changed_at)


def test_writing_down_what_is_written_down_is_no_change():
    report = marked(Told("alice", notes=5))
    assert relay.mark(report, [Told("alice", notes=3)]).report is report


def test_nobody_goes_while_nobody_has_accepted():
    report: Report = marked(helpers=("alice",))
    assert relay.on_it(report) == ()


def test_a_conversation_forgets_old_messages():
    assert relay.recently((1.0, 200.0, 400.0), 500.0) == (400.0,)
    assert Conversation("U").officer is None


@pytest.mark.parametrize("can_talk", [True, False])
def test_words_beside_a_number_reach_who_goes_as_well(can_talk):
    world = accepted(can_talk=can_talk)
    world.say(talk.TextSent("+66811112222 เขามีมีด"))
    assert world.workflow.resumed[-1][0] == "token-2"
    world.follow_up("phone_added", "token-3")
    assert world.heard(ALICE)


def test_each_text_counts_as_a_detail_whatever_it_came_with():
    """`Report.mended` is what is left: a text alone must not look like another answer."""
    report = World(ALICE).report
    for write in (
        talk.AddDetail(REPORT, "note", "a", 1.0),
        talk.AddPhone(REPORT, "+66812345678", 1.0, note="b"),
        talk.ForbidCall(REPORT, 1.0, note="c"),
    ):
        report = apply(report, write)
        assert report.mended == 0
    revised = apply(report, talk.ReviseReport(REPORT, None, ELSEWHERE, None, 1.0, note="d"))
    assert (revised.mended, revised.pin_moves, revised.notes) == (1, 1, ("a", "b", "c", "d"))


def test_a_relayed_text_costs_two_calls_of_line_and_no_call_of_the_workflow():
    world = accepted()
    before = {name: world.messenger.calls[name] for name in ("push", "reply")}
    resumed = world.workflow.calls["resume"]
    stores = world.conversations.calls.total() + world.reports.calls.total()
    assert world.write(ALICE, "อย่าออกมา") == ["officer.relay.sent"]
    after = {name: world.messenger.calls[name] for name in ("push", "reply")}
    assert after == {name: number + 1 for name, number in before.items()}
    assert world.workflow.calls["resume"] == resumed
    # Two conversations read, one written, the report read and its timeline's line.
    assert world.conversations.calls.total() + world.reports.calls.total() - stores <= 5


def test_a_line_that_does_not_take_a_relayed_text_is_called_no_third_time():
    world = accepted()
    world.messenger.plan("push", TemporaryFailure("LINE: ReadTimeoutError"))
    pushed = world.messenger.calls["push"]
    assert world.write(ALICE, "อย่าออกมา") == ["officer.relay.perhaps"]
    assert world.messenger.calls["push"] == pushed + 1


# --- the webhook remembers whose report an officer acted on -------------------------------------


@pytest.fixture
def webhook(monkeypatch):
    """The function over a report that was offered to alice; `tap` is what `_handle` makes of it."""
    world = RelayWorld(ALICE, BOB)
    world.notify()
    for name, value in {
        "webhook_messenger": world.messenger,
        "relay_messenger": world.messenger,
        "workflow": world.workflow,
        "reports": world.reports,
        "responders": world.responders,
        "clock": world.clock,
        "settings": Settings({"ESS_PROGRESS_SECONDS": "600", "ESS_GRACE_SECONDS": "60"}),
        "notes": world.notes,
    }.items():
        monkeypatch.setattr(bootstrap, name, lambda value=value: value)

    def tap(who, act, choice=None):
        world.taps += 1
        given = ResponderTap(act, REPORT, choice)
        name = f"hook-{world.taps}"
        app._handle(IncomingEvent(name, who.line_user_id, f"reply-{name}", given))
        step = world.conversations.get(who.line_user_id).officer
        return step and step.noting

    world.hook = tap
    return world


def test_accepting_begins_it_and_a_refused_tap_does_not(webhook):
    noting = webhook.hook(ALICE, "accept")
    assert (noting.report_id, noting.until) == (REPORT, webhook.clock.now() + relay.TALK_S)
    assert webhook.hook(BOB, "accept") is None
    assert webhook.hook(BOB, "talk") is None
    webhook.hook(ALICE, "hand_over", "other_incident")
    assert webhook.hook(BOB, "decline") is None


def test_further_taps_on_the_same_report_cost_no_write(webhook):
    webhook.hook(ALICE, "accept")
    saved = webhook.conversations.calls["save"]
    for act in ("on_the_way", "on_scene", "help"):
        webhook.hook(ALICE, act)
    assert webhook.conversations.calls["save"] == saved


def test_a_refused_closing_leaves_the_words_with_the_report_they_were_for(webhook):
    webhook.hook(ALICE, "accept")
    webhook.notes.begin(BOB.line_user_id, OTHER, webhook.clock.now(), closing=False)
    assert webhook.hook(BOB, "close", "resolved").report_id == OTHER


def test_the_webhook_has_held_words_sent(webhook, monkeypatch):
    webhook.hook(ALICE, "accept")
    given = []
    monkeypatch.setattr(app, "receive_event", lambda _event, what, **_: given.append(what))
    for name in ("conversations", "officers", "phone_reader", "understander"):
        monkeypatch.setattr(bootstrap, name, lambda *_: None)
    tapped = ResponderTap("talk", REPORT, "send")
    app._handle(IncomingEvent("held", ALICE.line_user_id, "reply-held", tapped))
    assert given == [talk.ButtonUnknown()]


def test_closing_leaves_half_an_hour_for_notes(webhook):
    webhook.hook(ALICE, "accept")
    noting = webhook.hook(ALICE, "close", "resolved")
    assert noting.until == webhook.clock.now() + response.NOTE_S

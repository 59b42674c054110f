"""`ess reporters`, over stores in memory: a human's decision, with name and reason, that ends."""

from dataclasses import replace

import pytest

from ess import bootstrap
from ess.adapters.email.sns import SnsDeskMail
from ess.domain import conversation as talk
from ess.domain.errors import ConversationChanged, TemporaryFailure
from ess.domain.incoming import IncomingEvent
from ess.domain.reporter import DAY_S, MOST_BLOCK_DAYS, History
from operate.cli import main
from tests.unit.incident_kit import REPORT, REPORTER, World

BY = ("--by", "ร.ต.อ. ก ศูนย์ 191")


@pytest.fixture
def world(monkeypatch):
    world = World()
    for name in ("reports", "conversations", "clock"):
        monkeypatch.setattr(bootstrap, name, lambda name=name: getattr(world, name))
    return world


@pytest.fixture
def ess(capsys):
    def run(verb, *arguments):
        code = main(["reporters", verb, "--report", REPORT, *arguments])
        return code, "".join(capsys.readouterr())

    return run


@pytest.fixture
def blocked(world, ess):
    assert ess("block", "--days", "7", "--why", "โทรแจ้งเท็จ 5 ครั้ง", *BY)[0] == 0
    return world


def stored(world):
    return world.store.conversations[REPORTER]


def say(world, given, event_id):
    """The webhook's use case, with the desk's mailbox."""
    seen = []
    world.clock.advance(1)
    world.receive(
        IncomingEvent(event_id, REPORTER, f"reply-{event_id}", given),
        given,
        desk_mail=lambda: world.desk_mail,
        observe=seen.append,
    )
    return [prompt.name for prompt in world.messenger.replies[-1].prompts], seen


def test_a_block_holds_who_why_and_until_when(blocked):
    block = stored(blocked).block
    assert (block.by, block.why, block.report_id) == (BY[1], "โทรแจ้งเท็จ 5 ครั้ง", REPORT)
    assert block.until == blocked.clock.now() + 7 * DAY_S
    (line,) = blocked.reports.timeline(REPORT)
    assert (line.actor, line.action) == ("operator", "reporter_blocked")
    assert (line.detail["by"], line.detail["why"]) == (block.by, block.why)


def test_it_forgets_a_draft_and_touches_nothing_else(world, ess):
    world.say(talk.ReportAsked(fresh=True))
    before = stored(world)
    assert before.draft is not None
    ess("block", "--days", "1", "--why", "x", *BY)
    after = stored(world)
    assert after == replace(before, version=before.version + 1, draft=None, block=after.block)


@pytest.mark.parametrize("days", ["0", "31", "-1", "1.5", "x", "๗"])
def test_days_are_bounded(world, ess, days):
    with pytest.raises(SystemExit):
        ess("block", f"--days={days}", "--why", "x", *BY)
    assert stored(world).block is None


@pytest.mark.parametrize("missing", ["--days", "--why"])
def test_days_and_reason_must_be_given(world, ess, missing):
    given = {"--days": "3", "--why": "x"}
    del given[missing]
    with pytest.raises(SystemExit):
        ess("block", *(part for pair in given.items() for part in pair), *BY)


@pytest.mark.parametrize("text", ["", "   ", "x" * 301, "a\x1b[31mb"])
@pytest.mark.parametrize("option", ["--why", "--by"])
def test_reason_and_name_are_words(world, ess, text, option):
    given = {"--why": "x", "--by": "y"} | {option: text}
    code, said = ess("block", "--days", "3", *(part for pair in given.items() for part in pair))
    assert code == 1
    assert "characters is needed" in said
    assert stored(world).block is None
    assert world.reports.timeline(REPORT) == []


def test_whoever_gives_no_name_is_named_as_the_machine_knows_them(world, ess, monkeypatch):
    monkeypatch.setattr("getpass.getuser", lambda: "somsri")
    ess("block", "--days", "3", "--why", "x")
    assert stored(world).block.by == "somsri"

    def nobody():
        raise OSError("no user")

    monkeypatch.setattr("getpass.getuser", nobody)
    code, said = ess("block", "--days", "3", "--why", "x")
    assert code == 1
    assert "--by NAME" in said


def test_a_report_that_is_not_there(world, capsys):
    code = main(["reporters", "block", "--report", "f" * 32, "--days", "3", "--why", "x", *BY])
    assert code == 1
    with pytest.raises(SystemExit):
        main(["reporters", "show", "--report", "K7P-2MX"])


def test_a_race_with_the_reporter_is_decided_anew(world, ess):
    world.conversations.plan("save", ConversationChanged(), ConversationChanged())
    assert ess("block", "--days", "3", "--why", "x", *BY)[0] == 0
    assert stored(world).block is not None
    world.conversations.plan("save", *[ConversationChanged()] * 9)
    code, said = ess("unblock", "--why", "x", *BY)
    assert code == 1
    assert "run the same command again" in said


def test_unblocking_ends_it_and_is_written_down(blocked, ess):
    code, said = ess("unblock", "--why", "ตรวจแล้ว แจ้งจริง", *BY)
    assert code == 0
    assert "Unblocked" in said
    assert stored(blocked).block is None
    assert blocked.actions[-1] == "reporter_unblocked"
    code, said = ess("unblock", "--why", "x", *BY)
    assert code == 1
    assert "not blocked" in said
    assert blocked.actions.count("reporter_unblocked") == 1


def test_a_block_that_is_over_is_none_to_end(blocked, ess):
    blocked.clock.advance(7 * DAY_S)
    assert "ended" in ess("show")[1]
    code, said = ess("unblock", "--why", "x", *BY)
    assert code == 1
    assert "not blocked" in said


def test_what_is_shown_says_nothing_of_who_it_is(blocked, ess):
    now = blocked.clock.now()
    history = History((now - 60, now - DAY_S), 2, (now - 91 * DAY_S, now - 2 * DAY_S))
    blocked.store.conversations[REPORTER] = replace(stored(blocked), history=history)
    code, said = ess("show")
    assert code == 0
    assert "K7P-2MX" in said
    assert "2 open, 1 begun within 24 hours" in said
    assert "False alarms within 90 days: 1" in said
    assert "Blocked until" in said
    assert said.count(BY[1]) == 2  # the block itself, and the line of the timeline
    assert REPORTER not in said
    assert "812345678" not in said


def test_nobody_blocked_nobody_known(world, ess):
    del world.store.conversations[REPORTER]
    code, said = ess("show")
    assert code == 0
    assert "0 open" in said
    assert "Not blocked." in said


# --- from the reporter's side -------------------------------------------------------------------


def test_an_appeal_reaches_the_desk_once_a_day_and_stands_in_the_timeline(blocked, ess):
    assert say(blocked, talk.ReportAsked(fresh=True), "e1")[0] == ["blocked"]
    assert say(blocked, talk.AppealAsked(), "e2") == (["appeal_sent"], ["AppealsReceived"])
    (mail,) = blocked.desk_mail.sent
    assert (mail.name, mail.params["appeals"], mail.params["report_id"]) == (
        "mail.appeal",
        1,
        REPORT,
    )
    assert REPORTER not in str(mail)
    assert blocked.actions[-1] == "block_appealed"
    # The same tap again, and another one on the same day.
    say(blocked, talk.AppealAsked(), "e2")
    assert say(blocked, talk.AppealAsked(), "e3") == (["appeal_known"], [])
    assert len(blocked.desk_mail.sent) == 1
    assert "appeals: 1" in ess("show")[1]
    assert "appealed" in ess("show")[1]


def test_an_appeal_that_could_not_be_mailed_is_counted_and_written_down_all_the_same(blocked):
    blocked.desk_mail.plan("send", TemporaryFailure("SNS: throttled"))
    told = say(blocked, talk.AppealAsked(), "e1")
    assert told == (["appeal_sent"], ["AppealsReceived", "AppealsNotMailed"])
    assert blocked.actions[-1] == "block_appealed"
    assert stored(blocked).block.appeals == 1


def test_the_mail_says_what_to_do_and_nothing_of_the_person(blocked):
    say(blocked, talk.AppealAsked(), "e1")
    sent = []

    class Topic:
        def publish(self, **message):
            sent.append(message)

    SnsDeskMail(Topic(), "arn").send(blocked.desk_mail.sent[0])
    (message,) = sent
    assert message["Subject"].isascii()
    assert f"ess reporters show --report {REPORT}" in message["Message"]
    assert "ครั้งที่ 1" in message["Message"]
    assert REPORTER not in str(message)


def test_the_longest_block(world, ess):
    assert ess("block", "--days", str(MOST_BLOCK_DAYS), "--why", "x", *BY)[0] == 0
    assert stored(world).block.until - world.clock.now() == MOST_BLOCK_DAYS * DAY_S

"""The officer's side of a 1:1 chat: joining, a phone, duty, leaving.

`ess.usecases.receive_event` asks `Officers.decide` about each event: what is an officer's matter is
stored in one conditional write and finished afterwards; everything else goes on as a reporter's.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ess.domain import enrolment
from ess.domain.conversation import (
    ButtonUnknown,
    Conversation,
    Input,
    Moment,
    Prompt,
    Step,
    TextSent,
)
from ess.domain.enrolment import Menu, OfficerOutcome
from ess.domain.errors import (
    EssError,
    PermanentFailure,
    ResponderChanged,
    TemporaryFailure,
)
from ess.domain.incoming import CodeTyped, IncomingEvent, OfficerAsked
from ess.domain.invitation import hash_of
from ess.domain.responder import Responder
from ess.ports.conversations import Conversations
from ess.ports.enrolments import Enrolments
from ess.ports.invitations import Invitations
from ess.ports.menus import Menus
from ess.ports.messenger import Messenger
from ess.ports.responders import Responders
from ess.ports.sms import Sms
from ess.usecases.answer_event import answer_event

TRIES = 3
"""How often a lost race for a responder's row is run again."""


@dataclass(frozen=True, slots=True)
class Passed:
    """Not an officer's matter: go on with this conversation and input, as a reporter's."""

    conversation: Conversation
    given: Input


@dataclass(frozen=True, slots=True)
class Officers:
    """Takes what officers write.

    Args:
        sms: gives the SMS sender; asked only when one is sent.
        menus: gives what shows rich menus; asked only when one is shown.
        draw_code: returns six random digits, unguessable.
        observe: is told what happened, as names of metrics.
    """

    conversations: Conversations
    responders: Responders
    invitations: Invitations
    enrolments: Enrolments
    messenger: Messenger
    sms: Callable[[], Sms]
    menus: Callable[[], Menus]
    draw_code: Callable[[], str]
    observe: Callable[[str], None]

    def decide(
        self, c: Conversation, given: Input | OfficerAsked | CodeTyped, moment: Moment
    ) -> "Turn | Passed":
        """Decide what `given` leads to; reads, and changes nothing.

        Raises:
            TemporaryFailure: a store did not answer.
        """
        match given:
            case CodeTyped():
                decided = self._take_code(c, given, moment)
            case OfficerAsked():
                decided = self._take_act(c, given.act, moment.now)
            case TextSent() if enrolment.awaits_text(c, given.text, moment.now):
                people = self._people(c)
                phone = moment.read_phone(given.text)
                decided = enrolment.take_text(
                    c, given.text, phone, people, moment.now, self.draw_code()
                )
            case _:
                return Passed(c, given)
        if isinstance(decided, Passed):
            return decided
        return Turn(self, c, enrolment.remembered(decided, c, moment.event_id))

    def repeat(self, event: IncomingEvent, stored: Conversation) -> None:
        """Finish what an earlier delivery may have left undone, beside its answer."""
        if stored.recent_events[-1] == event.event_id and stored.last_answer:
            self.show(event.user_id, enrolment.MENU_AFTER.get(stored.last_answer[0].name))

    def note_friendship(self, event: IncomingEvent, *, blocked: bool) -> None:
        """Note with an officer's rows that LINE no longer reaches them, or does again.

        An old event that comes again after newer ones changes nothing.

        Raises:
            TemporaryFailure: a store did not answer, or a row kept changing.
        """
        rows = self.responders.by_line_user(event.user_id)
        if not rows:
            return
        if self.conversations.get(event.user_id).recent_events[-1:] != (event.event_id,):
            return
        for row in rows:
            self._note_blocked(row, blocked=blocked)
        if not blocked and any(row.verified for row in rows):
            self.show(event.user_id, Menu.OFFICER)

    def note_language(self, user_id: str, language: str) -> None:
        """Note with an officer's rows which language they have chosen; once more does no harm.

        Raises:
            TemporaryFailure: a store did not answer, or a row kept changing.
        """
        rows = self.responders.by_line_user(user_id)
        if not rows or self.conversations.get(user_id).language != language:
            return  # nobody's matter, or an old choice that comes again after a newer one
        for row in rows:
            self._change(row, lambda person: replace(person, language=language))

    def _note_blocked(self, row: Responder, *, blocked: bool) -> None:
        if self._change(row, lambda person: replace(person, line_blocked=blocked)):
            self.observe("OfficersBlockedUs" if blocked else "OfficersCameBack")

    def _change(self, row: Responder, edit: Callable[[Responder], Responder]) -> bool:
        """Store what `edit` makes of a row as it is now; False if that changes nothing.

        Raises:
            TemporaryFailure: the store did not answer, or the row kept changing.
        """
        for _ in range(TRIES):
            person = self.responders.get(row.unit_id, row.responder_id)
            if person is None or edit(person) == person:
                return False
            try:
                self.responders.change(person, edit(person))
            except ResponderChanged:
                continue
            return True
        raise TemporaryFailure("the responder kept changing")

    def _take_code(
        self, c: Conversation, typed: CodeTyped, moment: Moment
    ) -> OfficerOutcome | Passed:
        # Whoever reports and only happened to type such a thing is answered as a reporter.
        by_chance = not typed.said and c.step is not Step.IDLE
        text = TextSent(typed.text)
        if enrolment.must_wait(c, moment.now):
            if by_chance:
                return Passed(c, text)
            return OfficerOutcome(c, (Prompt("officer.join.wait"),))
        if typed.code is None:
            return OfficerOutcome(c, (Prompt("officer.join.malformed"),))
        invitation = self.invitations.get(hash_of(typed.code))
        if invitation is not None:
            joined = enrolment.redeem(c, invitation, self._people(c), moment.now)
            if joined is not None:
                return joined
        if by_chance:
            return Passed(enrolment.count_wrong(c, moment.now), text)
        return enrolment.refuse_code(c, moment.now)

    def _take_act(self, c: Conversation, act: str, now: float) -> OfficerOutcome | Passed:
        if act == "join":
            return OfficerOutcome(c, (Prompt("officer.join.how"),))
        people = self._people(c)
        if act in _DUTY:
            on = _DUTY[act]
            alone = not on and self._leaves_nobody(people, now)
            return enrolment.set_duty(c, people, now, on=on, alone=alone)
        if act == "new_code":
            return enrolment.ask_code_again(c, people, now, self.draw_code())
        decide = _ACTS.get(act)
        return decide(c, people, now) if decide else Passed(c, ButtonUnknown())

    def _people(self, c: Conversation) -> list[Responder]:
        """Return this person's rows as last written.

        The index tells which they are and may be a second late, so each is read itself, and one
        that was just joined is known from the conversation.
        """
        rows = {(p.unit_id, p.responder_id) for p in self.responders.by_line_user(c.user_id)}
        found = [self.responders.get(*row) for row in sorted(rows | {*enrolment.joining_rows(c)})]
        return [p for p in found if p is not None and p.line_user_id == c.user_id]

    def _leaves_nobody(self, people: Sequence[Responder], now: float) -> bool:
        """Tell whether some unit would have nobody to call without this person."""
        mine = {person.responder_id for person in people}
        units = {person.unit_id for person in people if person.verified}
        return not all(
            any(
                other.may_be_called(now)
                for other in self.responders.of_unit(unit_id)
                if other.responder_id not in mine
            )
            for unit_id in units
        )

    def show(self, user_id: str, menu: Menu | None) -> None:
        """Show a rich menu, if any is asked for; a failure is counted and stops nothing."""
        if menu is None:
            return
        try:
            if menu is Menu.OFFICER:
                self.menus().show_officer_menu(user_id)
            else:
                self.menus().show_reporter_menu(user_id)
        except EssError:
            # All that the menu does can be typed, and the next look at one's status shows it.
            self.observe("MenusNotShown")


@dataclass(frozen=True, slots=True)
class Turn:
    """What an officer's event leads to: decided, to be kept and then finished."""

    officers: Officers
    before: Conversation
    outcome: OfficerOutcome

    def keep(self) -> None:
        """Store it in one write.

        Raises:
            ConversationChanged: something differs from what was read: decide again.
            TemporaryFailure: the store did not answer.
        """
        write, after = self.outcome.write, self.outcome.conversation
        if write is None:
            self.officers.conversations.save(self.before, after, None)
        else:
            self.officers.enrolments.save(self.before, after, write)

    def finish(self, event: IncomingEvent) -> None:
        """Send the SMS, answer, show the menu; only the answer may fail the event.

        Raises:
            TemporaryFailure: LINE did not answer; delivering the event again repeats only that.
            PermanentFailure: LINE refuses the answer.
        """
        if self.outcome.said:
            self.officers.observe(self.outcome.said)
        answer = self._text() or self.outcome.answer
        try:
            answer_event(
                event,
                answer,
                self.outcome.conversation.language,
                messenger=self.officers.messenger,
                first_time=True,
            )
        finally:
            self.officers.show(event.user_id, self.outcome.menu)

    def _text(self) -> tuple[Prompt, ...]:
        """Send the SMS; return what to say if it did not go out."""
        texting = self.outcome.texting
        if texting is None:
            return ()
        try:
            self.officers.sms().send(texting.phone, texting.prompt)
        except (TemporaryFailure, PermanentFailure):
            # Nothing is sent a second time on its own: the person asks for a new code.
            self.officers.observe("PhoneCodesNotSent")
            return (Prompt("officer.phone.not_sent"),)
        return ()


_DUTY = {"duty_on": True, "duty_off": False}

_ACTS: dict[str, Callable[[Conversation, Sequence[Responder], float], OfficerOutcome]] = {
    "my_status": enrolment.show_status,
    "change_phone": enrolment.change_phone,
    "leave": enrolment.ask_to_leave,
    "leave_yes": enrolment.leave,
    "leave_no": enrolment.stay,
}

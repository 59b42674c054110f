"""What officers' messages change, in dictionaries, under the same conditions as in DynamoDB."""

from threading import Lock

from ess.adapters.memory.conversations import MemoryConversations
from ess.adapters.memory.invitations import MemoryInvitations
from ess.adapters.memory.responders import MemoryResponders
from ess.adapters.memory.script import Scripted
from ess.domain.conversation import Conversation
from ess.domain.enrolment import ChangePeople, OfficerWrite, Redeem, RemovePeople
from ess.domain.errors import ConversationChanged


class MemoryEnrolments(Scripted):
    """Writes to the three stores; all conditions are looked at before anything is written."""

    def __init__(
        self,
        conversations: MemoryConversations,
        responders: MemoryResponders,
        invitations: MemoryInvitations,
    ) -> None:
        super().__init__()
        self._conversations = conversations
        self._responders = responders
        self._invitations = invitations
        self._lock = Lock()

    def save(self, before: Conversation, after: Conversation, write: OfficerWrite) -> None:
        """Store `after` and `write`, or nothing; see `ess.ports.enrolments`."""
        self._called("save")
        with self._lock:
            self._refuse_unless_holds(write)
            self._conversations.save(before, after, None)
            match write:
                case Redeem():
                    self._invitations.kept[write.invitation.code_hash] = write.invitation
                    if write.newcomer is not None:
                        self._responders.put([write.newcomer])
                case ChangePeople():
                    for person, changed in write.pairs:
                        self._responders.change(person, changed)
                case RemovePeople():
                    for row in write.rows:
                        self._responders.remove(*row)

    def _refuse_unless_holds(self, write: OfficerWrite) -> None:
        if isinstance(write, Redeem):
            stored = self._invitations.kept.get(write.invitation.code_hash)
            if stored is None or stored.used_by is not None:
                raise ConversationChanged("the invitation is gone or used")
            newcomer = write.newcomer
            if newcomer and self._responders.get(newcomer.unit_id, newcomer.responder_id):
                raise ConversationChanged("the responder exists")
        if isinstance(write, ChangePeople):
            for person, _ in write.pairs:
                now = self._responders.get(person.unit_id, person.responder_id)
                if now is None or now.version != person.version:
                    raise ConversationChanged("a responder was changed")

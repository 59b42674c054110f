"""What officers' messages change in DynamoDB: one TransactWriteItems over up to three tables."""

import time
from collections.abc import Callable
from dataclasses import replace

from pynamodb.connection import Connection
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path

from ess.adapters.dynamodb.conversations import stored_conversation
from ess.adapters.dynamodb.errors import Refused
from ess.adapters.dynamodb.invitations import invitations_in
from ess.adapters.dynamodb.retention import Retention
from ess.adapters.dynamodb.table import Key, Transaction, assignments, connect
from ess.adapters.dynamodb.tables import conversations_in, responders_in
from ess.adapters.dynamodb.to_item import conversation_attributes, responder_item
from ess.domain.conversation import Conversation
from ess.domain.enrolment import ChangePeople, OfficerWrite, Redeem, RemovePeople
from ess.domain.errors import ConversationChanged
from ess.domain.responder import Responder


class DynamoEnrolments:
    """Writes conversation, invitation and responders together.

    Args:
        conversations_table: name of the table of conversations.
        responders_table: name of the table of responders.
        invitations_table: name of the table of invitations.
        retention: how long things are kept.
        now: tells epoch seconds; only for when a conversation expires.
        connection: the client; the process's own by default.
    """

    def __init__(
        self,
        conversations_table: str,
        responders_table: str,
        invitations_table: str,
        *,
        retention: Retention | None = None,
        now: Callable[[], float] = time.time,
        connection: Connection | None = None,
    ) -> None:
        self._connection = connection or connect()
        self._conversations = conversations_in(self._connection, conversations_table)
        self._responders = responders_in(self._connection, responders_table)
        self._invitations = invitations_in(self._connection, invitations_table)
        self._retention = retention or Retention()
        self._now = now

    def save(self, before: Conversation, after: Conversation, write: OfficerWrite) -> None:
        """Store `after` and `write` by one TransactWriteItems; see `ess.ports.enrolments`."""
        transaction = Transaction(self._connection)
        expires_at = self._retention.of_conversation(self._now())
        transaction.update(
            "conversation",
            self._conversations,
            Key(after.user_id),
            assignments(conversation_attributes(after, expires_at)),
            stored_conversation(before.version),
        )
        match write:
            case Redeem():
                self._add_redeem(transaction, write)
            case ChangePeople():
                for person, changed in write.pairs:
                    self._add_change(transaction, person, changed)
            case RemovePeople():
                for unit_id, responder_id in write.rows:
                    transaction.delete("gone", self._responders, Key(unit_id, responder_id))
        try:
            transaction.commit()
        except Refused as error:
            raise ConversationChanged(str(error)) from error

    def _add_redeem(self, transaction: Transaction, write: Redeem) -> None:
        used = {"used_by": write.invitation.used_by, "used_at": write.invitation.used_at}
        unused = Path("code_hash").exists() & Path("used_by").does_not_exist()
        key = Key(write.invitation.code_hash)
        transaction.update("invitation", self._invitations, key, assignments(used), unused)
        if write.newcomer is not None:
            item = responder_item(write.newcomer)
            key = Key(item.pop("unit_id"), item.pop("responder_id"))
            transaction.put(
                "newcomer", self._responders, key, item, Path("unit_id").does_not_exist()
            )

    def _add_change(self, transaction: Transaction, before: Responder, after: Responder) -> None:
        attributes = responder_item(replace(after, version=before.version + 1))
        key = Key(attributes.pop("unit_id"), attributes.pop("responder_id"))
        transaction.update(
            "responder", self._responders, key, assignments(attributes), _unchanged(before.version)
        )


def _unchanged(version: int) -> Condition:
    """Return what holds while a responder has `version`; rows of before versions have none."""
    stored = Path("version") == version
    if version:
        return stored
    unversioned: Condition = Path("unit_id").exists() & (stored | Path("version").does_not_exist())
    return unversioned

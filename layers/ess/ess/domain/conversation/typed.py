"""Free text at every step: what it fills, mends, asks for and passes on."""

from ess.domain.conversation.inputs import TextSent
from ess.domain.conversation.outcome import Moment, Outcome
from ess.domain.conversation.own_number import own_number
from ess.domain.conversation.said import Said
from ess.domain.conversation.state import Conversation
from ess.domain.conversation.typed_about import text_about
from ess.domain.conversation.typed_begun import text_begun


def text_sent(c: Conversation, given: TextSent, m: Moment) -> Outcome:
    """Take a text: about the open report, else towards a new one."""
    meant, number = m.understand(given.text), own_number(given.text, m.read_phone)
    said = Said(given.text, meant, number, m.message_id)
    if c.draft is None and c.active is not None and c.active.is_open:
        return text_about(c, c.active, said, m)
    return text_begun(c, said, m)

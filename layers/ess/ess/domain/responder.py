"""A person who may go."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Responder:
    """An officer, or somebody at the desk.

    Args:
        responder_id: unique within the service; not a LINE id, not a phone number.
        unit_id: the unit they answer for.
        name_th: rank and name as the reporter reads it.
        name_en: the same in English.
        line_user_id: LINE user id, if they joined on LINE.
        phone: E.164 number for SMS, if known.
        on_duty: whether they are called now.
        verified: whether the unit has vouched for them; others are never called.
        sample: True for people that do not exist.
    """

    responder_id: str
    unit_id: str
    name_th: str
    name_en: str
    line_user_id: str | None = None
    phone: str | None = None
    on_duty: bool = False
    verified: bool = False
    sample: bool = False

    @property
    def may_be_called(self) -> bool:
        """Tell whether a report may be offered to this person now."""
        return self.on_duty and self.verified and bool(self.line_user_id or self.phone)

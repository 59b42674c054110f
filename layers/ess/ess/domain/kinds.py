"""The five emergencies that the service takes reports of."""

from enum import IntEnum


class Kind(IntEnum):
    """An emergency, numbered as the ESS Thailand announcement numbers it (1 to 5).

    `UNKNOWN` is nobody's choice: somebody sent a pin, said nothing more, and is looked for all the
    same. Its reporter may still choose one of the five.
    """

    UNKNOWN = 0
    ASSAULT = 1
    CONFINEMENT = 2
    SEXUAL_ABUSE = 3
    VIOLENT_PERSON = 4
    VIOLENT_GATHERING = 5


EMERGENCIES: tuple[Kind, ...] = tuple(kind for kind in Kind if kind is not Kind.UNKNOWN)
"""What a reporter may choose, and what a policy may name."""

"""The five emergencies that the service takes reports of."""

from enum import IntEnum


class Kind(IntEnum):
    """An emergency, numbered as the ESS Thailand announcement numbers it (1 to 5)."""

    ASSAULT = 1
    CONFINEMENT = 2
    SEXUAL_ABUSE = 3
    VIOLENT_PERSON = 4
    VIOLENT_GATHERING = 5

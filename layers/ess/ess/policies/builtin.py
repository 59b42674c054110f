"""The policies that are built in, from the data files beside this module."""

import json
from functools import cache
from importlib.resources import files

DEFAULT = "default"
"""The policy that is in force where none was loaded, or where the loaded one cannot be read."""


def text(name: str = DEFAULT) -> str:
    """Return the file ``<name>.json`` of this package as it is written."""
    return files(__package__).joinpath(f"{name}.json").read_text("utf-8")


@cache
def load(name: str = DEFAULT) -> object:
    """Return the data of ``<name>.json``, read once; to be read by `ess.domain.policy_rows`."""
    data: object = json.loads(text(name))
    return data

"""Items that the version before this one wrote, in the shape of today.

Reports that were open, or closed within the last day, when the new version was deployed. They can
go once every report of before is closed for longer than that.
"""

from ess.adapters.dynamodb.table import Item

_WAIT_S = 60
_KINDS = {"station": "police_station", "desk": "desk"}
_CHANNELS = {"station": ["line", "sms"], "desk": ["line", "sms", "email"]}


def renewed_report(item: Item) -> Item:
    """Return a report's item as `from_item` expects it.

    Before, a ladder was a list of units, each a rung of its own, and its place on the ladder a
    rung's index and a count of attempts. That is a ladder still, so the search goes on where it
    stood, and units named to the reporter keep their names.
    """
    ladder = item.get("ladder")
    if not isinstance(ladder, list):
        return item
    renewed = item | {
        "ladder": {"policy": "before", "rungs": list(map(_rung, ladder))} if ladder else None,
        "notified": [
            person if "step" in person else person | {"step": person.get("rung", 0)}
            for person in item.get("notified", ())
        ],
    }
    if "run" in item:
        return renewed  # it was reopened since: what the search before had come to is forgotten
    rung, reached = item.get("rung"), item.get("reached")
    # Only the last rung was repeated, and each time was a step.
    again = max(0, item.get("attempt", 1) - 1) if rung == len(ladder) - 1 else 0
    return renewed | {
        "step": None if rung is None else rung + again,
        "reached": [] if reached is None else [ladder[reached]["unit_id"]],
    }


def _rung(unit: Item) -> Item:
    kind = unit["kind"]
    return {
        "units": [unit | {"kind": _KINDS[kind]}],
        "channels": _CHANNELS[kind],
        "wait_s": _WAIT_S,
    }

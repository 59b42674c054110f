"""Station lookup: who is responsible for a point or the pin of a report, and who is nearest."""

from typing import Any

from aws_lambda_powertools import Logger

from ess import bootstrap
from ess.domain.errors import InvalidLookup
from ess.domain.geo import Point
from ess.domain.policy import LOOKED_UP
from ess.domain.station import StationMatch
from ess.usecases.find_station import Filters, find_station, find_units

Json = dict[str, Any]

DEFAULT_STATIONS = 3

logger = Logger(service="find_station")


def handler(event: Json, context: object) -> Json:
    """Return the responsible units, then the nearest of the others.

    Args:
        event: ``{"report_id": ...}`` for the units that a report may be offered to, as many of each
            kind as `ess.domain.policy.LOOKED_UP` says; that keeps the pin out of the workflow's
            history. Or ``{"point": {"latitude": ..., "longitude": ...}}`` in degrees WGS84, and
            optionally ``k``, how many of the nearest (1 to 10, by default 3); ``kinds``, a list of
            the kinds of unit that count; ``open``, true for those only that are open now.
        context: Lambda's context, not used.

    Returns:
        ``candidates``, each with the unit's kind, its own position in degrees WGS84 and ``why`` it
        was chosen; the first of a kind is the responsible unit where its ``why`` is
        ``jurisdiction`` or ``boundary``. ``queries`` and ``rounds``, what it took. Who gave a point
        also gets ``distance_m`` in metres and ``bearing_deg`` clockwise from north; for a report
        they would put its pin into the workflow's history.

    Raises:
        InvalidPoint, InvalidLookup: the input is not as above; the message says what is wrong.
        ReportNotFound: there is no such report.
        TemporaryFailure, DirectoryChanged: trying again later may work.
    """
    if "point" not in event:
        return _for_report(event)
    point, filters = _point(event), _filters(event)
    wanted = event.get("k", DEFAULT_STATIONS)
    lookup = find_station(bootstrap.station_directory(), point, wanted, filters)
    # Neither the point nor the stations are logged: both tell where somebody is.
    logger.info(
        "stations found",
        extra={
            "candidates": len(lookup.matches),
            "responsible": len(lookup.responsible),
            "queries": lookup.queries,
            "rounds": lookup.rounds,
        },
    )
    return {
        "candidates": [_measured(match) for match in lookup.matches],
        "queries": lookup.queries,
        "rounds": lookup.rounds,
    }


def _for_report(event: Json) -> Json:
    report_id = event.get("report_id")
    if not isinstance(report_id, str) or not report_id:
        raise InvalidLookup("give a point or a report_id")
    pin = bootstrap.reports().get(report_id).pin
    units = find_units(bootstrap.station_directory(), pin, list(LOOKED_UP.items()))
    logger.info(
        "units found",
        extra={
            "report_id": report_id,
            "candidates": len(units.matches),
            "queries": units.queries,
            "rounds": units.rounds,
        },
    )
    return {
        "candidates": [_candidate(match) for match in units.matches],
        "queries": units.queries,
        "rounds": units.rounds,
    }


def _point(event: Json) -> Point:
    if not isinstance(event["point"], dict):
        raise InvalidLookup("point must have latitude and longitude")
    # A coordinate that is missing is refused by Point, which names it.
    given: Json = {"latitude": None, "longitude": None} | event["point"]
    return Point(given["latitude"], given["longitude"])


def _filters(event: Json) -> Filters:
    kinds, only_open = event.get("kinds"), event.get("open", False)
    if kinds is not None and (not isinstance(kinds, list) or not all(map(_is_text, kinds))):
        raise InvalidLookup("kinds must be a list of texts")
    if not isinstance(only_open, bool):
        raise InvalidLookup("open must be true or false")
    return Filters(
        kinds=None if kinds is None else frozenset(kinds),
        open_at=bootstrap.clock().now() if only_open else None,
    )


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _candidate(match: StationMatch) -> Json:
    return {
        "unit_id": match.station.unit_id,
        "name_th": match.station.name_th,
        "name_en": match.station.name_en,
        "kind": match.station.kind,
        "latitude": match.station.point.latitude,
        "longitude": match.station.point.longitude,
        "why": match.why.value,
    }


def _measured(match: StationMatch) -> Json:
    return {
        **_candidate(match),
        "distance_m": round(match.distance_m, 1),
        "bearing_deg": round(match.bearing_deg, 1) % 360,
    }

"""`ess stations map`: draw the directory, its index and a lookup's reasoning as a page."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from ess import bootstrap
from ess.adapters.station_files import FileUnreadable
from ess.domain.directory import DirectoryHead
from ess.domain.errors import EssError
from ess.domain.geo import Point
from ess.domain.leaf import Leaf, unpack
from ess.domain.station import Station
from ess.ports.stations import StationDirectory
from ess.usecases.find_station import MAX_STATIONS, Filters
from operate.stations.arguments import add_at, add_kinds, add_within, area_of, known_kinds, point
from operate.stations.farthest import APART_KM, TOLERANCE_M, farthest_among
from operate.stations.map_page import MOST_LEAVES, FarPlaces, Picture, Question, html
from operate.stations.outline import LANDS
from operate.stations.progress import step

MOST_STATIONS = 250_000
"""A page with more stations would be too large for a browser."""


class TooManyToDraw(EssError):
    """The directory has more stations than a page can carry."""


def register(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser
) -> None:
    """Add the verb to the command line."""
    verb = verbs.add_parser(
        "map",
        parents=[common],
        help="draw the directory and a lookup's reasoning as a page that works offline",
        description="Write the directory as one HTML file for any browser: stations, "
        "jurisdictions, the cells of the index, the places farthest from an open station. A click "
        "on its map looks that place up, in the page, and tells why each station was chosen.",
    )
    verb.add_argument(
        "file",
        metavar="FILE",
        type=Path,
        nargs="?",
        default=Path("stations.html"),
        help="default: %(default)s",
    )
    verb.add_argument(
        "--point",
        metavar="LAT,LON",
        type=point,
        help="open with the lookup of this place (south of the equator: --point=LAT,LON)",
    )
    verb.add_argument(
        "-k",
        type=int,
        default=3,
        choices=range(1, MAX_STATIONS + 1),
        metavar="N",
        help=f"how many stations, 1 to {MAX_STATIONS} (default: %(default)s)",
    )
    verb.add_argument("--open", action="store_true", help="only stations that are open")
    add_kinds(verb)
    add_at(verb)
    verb.add_argument(
        "--top",
        metavar="N",
        type=int,
        default=10,
        help="show so many places far from any open station (default: %(default)s)",
    )
    add_within(verb)
    verb.set_defaults(run=_run)


def _run(given: argparse.Namespace) -> int:
    directory = bootstrap.station_directory()
    at_s = bootstrap.clock().now() if given.at is None else given.at
    head = directory.head(fresh=True)
    kinds = known_kinds(head, given.kind)
    stations = _stations(directory, head)
    area = area_of(given.within, stations) if given.within else LANDS
    leaves = _leaves(directory, head, stations, given.point)
    step("looking for far places")
    filters = Filters(kinds, at_s)
    places = farthest_among(stations, filters, area, max(0, given.top), apart_m=APART_KM * 1000)
    page = html(
        Picture(
            head=head,
            stations=stations,
            leaves=leaves,
            at_s=at_s,
            question=Question(given.point, given.k, kinds, given.open),
            far=FarPlaces(places, APART_KM * 1000, TOLERANCE_M),
            area=area,
            area_name=Path(given.within).name if given.within else "",
        )
    )
    _write(page, given.file)
    print(
        f"{len(stations):,} stations drawn in {given.file} ({len(page) / 1e6:.1f} MB): "
        "open it in a browser, it needs no network"
    )
    return 0


def _stations(directory: StationDirectory, head: DirectoryHead) -> list[Station]:
    if head.total > MOST_STATIONS:
        raise TooManyToDraw(
            f"{head.total:,} stations are too many for a page, which takes {MOST_STATIONS:,}"
        )
    if not head.version:
        return []
    step(f"reading {head.total:,} stations")
    return sorted(directory.stations(head), key=lambda station: station.unit_id)


def _leaves(
    directory: StationDirectory,
    head: DirectoryHead,
    stations: Sequence[Station],
    asked: Point | None,
) -> list[Leaf]:
    """Return the leaves of the index, as far as a page can carry them.

    They are made anew, as there is no call that reads all: the same stations make the same leaves.
    """
    if not head.version:
        return []
    if head.leaves <= MOST_LEAVES:
        step(f"making {head.leaves:,} leaves of the index")
        return [unpack(packed) for packed in bootstrap.station_index().leaves(stations)]
    return [directory.leaf(head, asked)] if asked else []


def _write(page: bytes, path: Path) -> None:
    """Write a file whole, or leave what is there."""
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_bytes(page)
        part.replace(path)
    except OSError as error:
        raise FileUnreadable(f"{path}: {error.strerror or error}") from error

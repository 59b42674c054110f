"""`ess stations export`: write the directory as GeoJSON."""

import argparse
import sys
from pathlib import Path

from ess import bootstrap
from ess.adapters.staging.sqlite import SqliteStaging
from ess.adapters.station_files import FileUnreadable, write_geojson
from ess.usecases.import_directory import published_stations


def register(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser
) -> None:
    """Add the verb to the command line."""
    verb = verbs.add_parser(
        "export",
        parents=[common],
        help="write the directory as GeoJSON",
        description="Write the directory as GeoJSON, a station a line, ordered by id. Importing it "
        "again changes nothing.",
    )
    verb.add_argument("file", metavar="FILE", type=Path, nargs="?", help="default: standard output")
    verb.set_defaults(run=_run)


def _run(given: argparse.Namespace) -> int:
    # They come in the order of their places; on disk they are put in the order of their ids.
    with SqliteStaging() as staging:
        staging.keep(published_stations(bootstrap.station_directory()))
        if given.file is None:
            write_geojson(staging, sys.stdout)
        else:
            count = _write(staging, given.file)
            print(f"{count:,} stations written to {given.file}")
    return 0


def _write(staging: SqliteStaging, path: Path) -> int:
    """Write a file whole, or leave what is there."""
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="\n") as out:
            count = write_geojson(staging, out)
        part.replace(path)
    except OSError as error:
        raise FileUnreadable(f"{path}: {error.strerror or error}") from error
    return count

"""Small files of stations, and what an import makes of them."""

import io
import json

from ess.adapters.staging.sqlite import SqliteStaging
from ess.adapters.station_files import read_stations_file
from ess.domain.station_doubts import DOUBTS
from ess.domain.station_rows import judge
from ess.usecases.import_stations import Outcome, stage_stations

THAT_PHANOM = (104.717, 16.942)


def feature(unit_id="np-1", at=THAT_PHANOM, name="สภ.ธาตุพนม", **changes):
    """A Feature; `properties` adds to its properties, other arguments replace members."""
    properties = {"name_th": name, "phone": "0 4254 1266"} | changes.pop("properties", {})
    return {
        "type": "Feature",
        "id": unit_id,
        "properties": properties,
        "geometry": {"type": "Point", "coordinates": list(at)},
    } | changes


def collection(*features):
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)


def square(west, south, size=0.1):
    """A Polygon; `size` in degrees."""
    east, north = west + size, south + size
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def shifted(metres_north=0.0, metres_east=0.0, start=THAT_PHANOM):
    """A place so far from `start`, good to a part in a hundred."""
    return (start[0] + metres_east / 106_370, start[1] + metres_north / 111_195)


def rows_of(content):
    data = content if isinstance(content, bytes) else content.encode()
    return list(read_stations_file(io.BytesIO(data)))


def imported(content, accept=(), keep=()):
    """Stage a file; return report, stations and remarks."""
    remarks = []
    with SqliteStaging() as staging:
        report = stage_stations(
            rows_of(content), staging, frozenset(accept), keep=keep, tell=remarks.append
        )
        stations = list(staging)
    return report, stations, remarks


def doubts_in(remarks, *outcomes):
    """(row, doubt) of remarks; by default of those that are more than a note on a phone."""
    wanted = outcomes or tuple(Outcome)
    return [
        (remark.row, remark.doubt.value)
        for remark in remarks
        if remark.outcome in wanted and (outcomes or DOUBTS[remark.doubt].keeps_out)
    ]


def overpass(*elements, **more):
    """An answer of Overpass."""
    answer = {"version": 0.6, "generator": "Overpass API", "osm3s": {"copyright": "..."}}
    return json.dumps(answer | {"elements": elements} | more)


def only(content):
    """The only row of a file."""
    (row,) = rows_of(content)
    return row


def station(content):
    """The station of the only row; None when it is kept out."""
    return judge(only(content)).station


def problem_of(content):
    """The doubt that keeps the only row out, and its reason."""
    verdict = judge(only(content))
    assert verdict.station is None
    (finding,) = (f for f in verdict.findings if DOUBTS[f.doubt].keeps_out)
    return finding.doubt, finding.reason

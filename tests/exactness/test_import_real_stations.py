"""What the import says of real lists of stations, which are not part of this project."""

import csv
import io
import json
from collections import Counter
from pathlib import Path

import pytest
import shapely

from ess.adapters.staging.sqlite import SqliteStaging
from ess.adapters.station_files import read_stations_file, write_geojson
from ess.domain.jurisdiction import Jurisdiction
from ess.domain.station_doubts import DOUBTS, Doubt
from ess.usecases.import_stations import Outcome, compare, stage_stations

DATA = Path(__file__).parents[3] / "shared" / "data"


def needed(name):
    path = DATA / name
    if not path.exists():
        pytest.skip(f"shared/data/{name} is not beside the project: see its README for the source")
    return path


def stage(stream, staging, **more):
    remarks = []
    report = stage_stations(read_stations_file(stream), staging, tell=remarks.append, **more)
    return report, remarks


@pytest.mark.parametrize("name", ["stations_th.geojson", "stations_th_proxy.geojson"])
def test_every_row_is_accounted_for_and_an_export_is_equivalent(name):
    with needed(name).open("rb") as stream, SqliteStaging() as staging, SqliteStaging() as again:
        report, remarks = stage(stream, staging)
        assert report.read == report.good + report.kept_out > 100
        assert len(staging) == report.good
        kept_out = {r.row for r in remarks if r.outcome is Outcome.KEPT_OUT}
        assert len(kept_out) == report.kept_out
        assert sum(report.counts.values()) == len(remarks)
        assert Counter((r.doubt, r.outcome) for r in remarks) == report.counts

        out = io.StringIO()
        write_geojson(staging, out)
        second, _ = stage(io.BytesIO(out.getvalue().encode()), again)
        assert second.kept_out == 0
        assert compare(again, staging).total == 0


def test_real_stations_are_taken_for_stations():
    """Real names, positions and numbers are the test of rules that guess."""
    with needed("stations_th.geojson").open("rb") as stream, SqliteStaging() as staging:
        report, remarks = stage(stream, staging)
        assert [str(r) for r in remarks if DOUBTS[r.doubt].keeps_out] == []
        assert not report.counts.get((Doubt.UNUSABLE_PHONE, Outcome.NOTED))
        for station in staging:
            assert station.name_th.startswith(("สน.", "สภ."))
            assert all(phone.e164.startswith("+66") for phone in station.phones)


def test_villages_are_no_stations_but_lie_in_the_country():
    """5,000 real places: none of them may be doubted for its position."""
    with needed("places_th.csv").open(encoding="utf-8") as file:
        places = list(csv.DictReader(file))
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(["id", "name", "lat", "lon"])
    for number, place in enumerate(places):
        table.writerow([number, f"สภ.{number}", place["lat"], place["lon"]])
    with SqliteStaging() as staging:
        report, remarks = stage(io.BytesIO(text.getvalue().encode()), staging)
        grave = Counter(r.doubt for r in remarks if r.outcome is Outcome.KEPT_OUT)
        assert report.read == len(places)
        assert set(grave) <= {Doubt.SHARED_POSITION}


@pytest.mark.slow
def test_provinces_as_jurisdictions():
    """77 real outlines, digitised side by side: sound, and few overlap by more than 100 m."""
    content = json.loads(needed("provinces_th.geojson").read_text("utf-8"))
    features = []
    for number, province in enumerate(content["features"]):
        geometry = province["geometry"]
        polygons = geometry["coordinates"]
        if geometry["type"] == "Polygon":
            polygons = [polygons]
        area = Jurisdiction.from_coordinates(polygons)
        point = inside(area)
        features.append(
            {
                "type": "Feature",
                "id": f"p{number:02d}",
                "properties": {"name_th": f"สภ.{province['properties']['adm1_th']}"},
                "geometry": {"type": "Point", "coordinates": point},
                "jurisdiction": geometry,
            }
        )
    data = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    with SqliteStaging() as staging:
        report, remarks = stage(io.BytesIO(data), staging)
        grave = [r for r in remarks if r.outcome is Outcome.KEPT_OUT]
        # They were simplified to 200 m: where two of them overlap, it is by little.
        assert {r.doubt for r in grave} <= {Doubt.OVERLAPPING_JURISDICTION}
        assert len(grave) == report.kept_out < 20
        assert report.read == 77


def inside(area):
    polygons = [shapely.Polygon(rings[0], rings[1:]) for rings in area.polygons]
    point = max(polygons, key=lambda p: p.area).representative_point()
    return [point.x, point.y]

"""The PyPI port of AWS's dynamodb-geo (`dynamodbgeo` 0.0.3) as a way to find the nearest stations.

The library has queries by radius and by rectangle only. The k nearest are found as its users do: a
radius query of 5 km, doubled until it gives k stations, which are then ranked.

What was found in version 0.0.3, on Python 3.13:

* Its queries are sent one after the other (one for each of up to 8 cells of an S2 covering, more
  where the hash key splits them): as many rounds as queries.
* `hashKeyLength` only adds queries, and read units with them, as an empty one costs half a unit:
  2, the default, needs the fewest. With 3, its README's example, a few more; with 6, the default of
  the Java library, 790 on average and up to 34,854 among 100,000 stations.
* A request's parameters are one dict for all of its queries, by default even for all requests of
  the process (a mutable default), and ExclusiveStartKey stays in it: after an answer of more than
  one page (1 MB) the next query starts at a key outside its range, which DynamoDB refuses
  (github.com/Sigm0oid/dynamodb-geo.py/issues/43, open since 2020). `FreshInput` gives each query
  its own copy: the one thing mended here.
* Ids of S2 cells are written with 17 to 20 digits. A cell of a covering in which their number
  changes (ids 10^17, 10^18 and 10^19: 29.2 S 23.9 W, 24.0 N 4.8 W, 31.6 N 48.4 W) is never read:
  stations in it are silently missed. Not mended.
* Bounding rectangles are not wrapped: across the antimeridian, near the poles and from a radius of
  some 10,000 km the query raises AssertionError. Not mended: the lookup ends with what it has.
* Rectangles are as wide as the circle at its centre's latitude, less than it is poleward of that:
  a wide radius at a high latitude misses stations. Not mended.
"""

from typing import Any

from ess.domain.geo import Point, distance_m
from tests.performance.stations.method import Built
from tests.performance.stations.points import Site, Stations
from tests.performance.stations.rival import NAME, Item, Rival, listing

FIRST_RADIUS_M = 5_000
LAST_RADIUS_M = 20_015_000
"""Half the circumference: nothing is farther away."""


class GeoLibrary(Rival):
    """Lookups with `dynamodbgeo`.

    Args:
        hash_key_length: digits of the S2 cell's id that are the partition key.
        mended: give each query parameters of its own.
    """

    def __init__(self, hash_key_length: int = 2, *, mended: bool = True) -> None:
        self._length, self._mended = hash_key_length, mended
        super().__init__(f"dynamodbgeo ({hash_key_length})", ())

    def _create(self, _: Any) -> None:
        # Imported late: it adds its own folders to sys.path, with modules like `model` and `util`.
        import dynamodbgeo

        self._library = dynamodbgeo
        config = dynamodbgeo.GeoDataManagerConfiguration(self.client, NAME)
        config.hashKeyLength = self._length
        self._manager = dynamodbgeo.GeoDataManager(config)
        if self._mended:
            self._manager.dynamoDBManager = _fresh_input(dynamodbgeo.DynamoDBManager)(config)
        self.client.create_table(**dynamodbgeo.GeoTableUtil(config).getCreateTableRequest())

    def build(self, stations: Stations) -> Built:
        return self._load(map(self._item, stations.sites()))

    def lookup(self, point: Point, k: int) -> list[str]:
        found: list[tuple[float, str]] = []
        radius = FIRST_RADIUS_M
        while len(found) < k and radius < 2 * LAST_RADIUS_M:
            try:
                items = self._within(point, radius)
            except AssertionError:  # a rectangle that S2 does not accept
                break
            found = [(distance_m(point, _point_of(item)), item["rangeKey"]["S"]) for item in items]
            radius *= 2
        return [unit_id for _, unit_id in sorted(found)[:k]]

    def _within(self, point: Point, radius_m: float) -> list[Item]:
        centre = self._library.GeoPoint(point.latitude, point.longitude)
        request = self._library.QueryRadiusRequest(centre, radius_m, {})
        items: list[Item] = self._manager.queryRadius(request)
        return items

    def change_one(self, before: Site, after: Site) -> float:
        with self.tables.counting() as spent:
            # The library cannot move an item: its own advice is to make it anew.
            place = self._library.GeoPoint(before.latitude, before.longitude)
            gone = self._library.DeleteItemInput(place, before.unit_id, {})
            self._manager.delete_Point(gone)
            self.put(after)
        return spent.write_units

    def put(self, site: Site) -> None:
        """Store a station by the library's own call."""
        place = self._library.GeoPoint(site.latitude, site.longitude)
        fields = {"Item": listing(site)}
        self._manager.put_Point(self._library.PutPointInput(place, site.unit_id, fields))

    def _item(self, site: Site) -> Item:
        """Return the item that `put` would store."""
        s2 = self._library.S2Manager()
        geohash = s2.generateGeohash(self._library.GeoPoint(site.latitude, site.longitude))
        return {
            **listing(site),
            "hashKey": {"N": str(s2.generateHashKey(geohash, self._length))},
            "rangeKey": {"S": site.unit_id},
            "geohash": {"N": str(geohash)},
            "geoJson": {"S": f"{site.latitude},{site.longitude}"},
        }


def _point_of(item: Item) -> Point:
    latitude, longitude = item["geoJson"]["S"].split(",")
    return Point(float(latitude), float(longitude))


def _fresh_input(manager: Any) -> Any:
    class FreshInput(manager):
        def queryGeohash(self, queryInput: Any, hashKey: Any, range: Any) -> Any:  # noqa: A002, N802, N803
            return super().queryGeohash(dict(queryInput), hashKey, range)

    return FreshInput

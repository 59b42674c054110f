"""What the other ways of finding stations have in common: a stand-in, a client and one table."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import batched

from tests.performance.stations.dynamo import Tables
from tests.performance.stations.method import Built
from tests.performance.stations.points import Site
from tests.performance.stations.sizes import Wire

Item = dict[str, Wire]

NAME = "stations"
_CHUNK = 10_000


class Rival:
    """What all have in common: a stand-in, a client, and one table.

    Args:
        name: in the printed table.
        keys: names of the partition key and the sort key, if there is one; both strings.
    """

    def __init__(self, name: str, keys: Sequence[str]) -> None:
        self.name = name
        self.tables = Tables()
        self.client = self.tables.client()
        self._create(keys)

    def _create(self, keys: Sequence[str]) -> None:
        roles = ("HASH", "RANGE")
        self.client.create_table(
            TableName=NAME,
            KeySchema=[
                {"AttributeName": key, "KeyType": role}
                for key, role in zip(keys, roles, strict=False)
            ],
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
            BillingMode="PAY_PER_REQUEST",
        )

    def _load(self, items: Iterable[Item], note: str = "") -> Built:
        """Load items; only making them counts as building."""
        seconds, began = 0.0, time.process_time()
        for chunk in batched(items, _CHUNK, strict=False):
            seconds += time.process_time() - began
            self.tables.load(NAME, chunk)
            began = time.process_time()
        size = self.tables.size(NAME)
        megabytes = (size.bytes + size.index_bytes) / 1e6
        return Built(seconds + time.process_time() - began, size.items, megabytes, note)

    def _query(self, condition: str, values: Mapping[str, str]) -> Iterator[Item]:
        """Yield the items of a query, page by page."""
        query = {
            "TableName": NAME,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": {name: {"S": value} for name, value in values.items()},
        }
        while True:
            page = self.client.query(**query)
            yield from page["Items"]
            if "LastEvaluatedKey" not in page:
                return
            query["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def listing(site: Site) -> Item:
    """Return what a lookup must be able to tell."""
    return {
        "unit_id": {"S": site.unit_id},
        "name_th": {"S": site.name_th},
        "name_en": {"S": site.name_en},
        "kind": {"S": "police_station"},
        "province": {"S": site.province},
        "phone": {"S": site.phone},
    }

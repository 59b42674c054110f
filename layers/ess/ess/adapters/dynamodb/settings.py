"""Settings in DynamoDB: the present version under its name, every version under name and number."""

import json
from collections.abc import Mapping
from typing import Any

from pynamodb.connection import Connection
from pynamodb.expressions.operand import Path

from ess.adapters.dynamodb.errors import Refused
from ess.adapters.dynamodb.table import Item, Key, Table, Transaction, connect
from ess.adapters.settings_json import checked_name, to_json
from ess.domain.errors import SettingChanged
from ess.ports.settings_store import Setting


class DynamoSettings:
    """Keeps settings; each version is written once and never changed.

    Args:
        table: name of the table.
        connection: the client; the process's own by default.
    """

    def __init__(self, table: str, *, connection: Connection | None = None) -> None:
        self._table = Table(connection or connect(), table, ["name"])

    def get(self, name: str) -> Setting | None:
        """Return the present version: one GetItem; see `ess.ports.settings_store`."""
        return self._read(name, Key(checked_name(name)))

    def put(
        self, name: str, value: Mapping[str, Any], expected_version: int, changed_at: float
    ) -> Setting:
        """Store the next version: one TransactWriteItems; see `ess.ports.settings_store`."""
        key = Key(checked_name(name))
        text = to_json(value)
        setting = Setting(name, expected_version + 1, json.loads(text), changed_at)
        item: Item = {"value": text, "version": setting.version, "changed_at": changed_at}
        unchanged = (
            Path("version") == expected_version
            if expected_version
            else Path("name").does_not_exist()
        )
        transaction = Transaction(self._table.connection)
        transaction.put("present", self._table, key, item, unchanged)
        transaction.put("version", self._table, _past(name, setting.version), item)
        try:
            transaction.commit()
        except Refused as refused:
            raise SettingChanged(f"{name} was set by somebody else since it was read") from refused
        return setting

    def version(self, name: str, version: int) -> Setting | None:
        """Return one version: one GetItem; see `ess.ports.settings_store`."""
        return self._read(name, _past(checked_name(name), version))

    def history(self, name: str, limit: int = 20) -> list[Setting]:
        """Return the last versions: a GetItem for each; see `ess.ports.settings_store`."""
        present = self.get(name)
        if present is None:
            return []
        numbers = range(present.version - 1, max(present.version - limit, 0), -1)
        return [present, *(past for n in numbers if (past := self.version(name, n)))][:limit]

    def _read(self, name: str, key: Key) -> Setting | None:
        item = self._table.get(key)
        if item is None:
            return None
        return Setting(
            name, int(item["version"]), json.loads(item["value"]), float(item["changed_at"])
        )


def _past(name: str, version: int) -> Key:
    # No name has a slash, so that no version can stand where a setting does.
    return Key(f"{name}/{version}")

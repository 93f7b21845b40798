"""Kibana's import format: one object per line."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

Json: TypeAlias = "Mapping[str, Json] | Sequence[Json] | str | int | float | bool | None"

# Kibana upgrades objects of an older version, rejects those of a newer one, and treats those without a version as from
# 2019. These are the oldest versions with the format written here, so that every 9.x reads it.
CORE_VERSION = "8.8.0"
TYPE_VERSIONS: Mapping[str, str] = {
    "index-pattern": "8.0.0",
    "search": "10.5.0",
    "dashboard": "10.2.0",
}


class Reference(NamedTuple):
    """A reference to another object."""

    name: str
    type: str
    id: str

    def as_json(self) -> Json:
        return self._asdict()


@dataclass(frozen=True)
class SavedObject:
    type: str
    id: str
    attributes: Mapping[str, Json]
    references: Sequence[Reference] = ()

    def as_line(self) -> str:
        return json_text(
            {
                "type": self.type,
                "id": self.id,
                "attributes": self.attributes,
                "references": [reference.as_json() for reference in self.references],
                "coreMigrationVersion": CORE_VERSION,
                "typeMigrationVersion": TYPE_VERSIONS[self.type],
            }
        )


def json_text(value: Json) -> str:
    """Encode a value as compact JSON. Kibana stores some fields of an object as such a string."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def ndjson_of(objects: Iterable[SavedObject]) -> str:
    return "".join(f"{each.as_line()}\n" for each in objects)

"""What Kibana imports: one object a line."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

Json: TypeAlias = "Mapping[str, Json] | Sequence[Json] | str | int | float | bool | None"

# Kibana upgrades what says an older version, refuses what says a newer one, and takes what says none for something of
# 2019. These are the oldest whose form is the one written here, so that every 9.x reads it.
CORE_VERSION = "8.8.0"
TYPE_VERSIONS: Mapping[str, str] = {
    "index-pattern": "8.0.0",
    "search": "10.5.0",
    "dashboard": "10.2.0",
}


class Reference(NamedTuple):
    """An object that another one names."""

    name: str
    type: str
    id: str

    def json(self) -> Json:
        return self._asdict()


@dataclass(frozen=True)
class SavedObject:
    type: str
    id: str
    attributes: Mapping[str, Json]
    references: Sequence[Reference] = ()

    def line(self) -> str:
        return text(
            {
                "type": self.type,
                "id": self.id,
                "attributes": self.attributes,
                "references": [reference.json() for reference in self.references],
                "coreMigrationVersion": CORE_VERSION,
                "typeMigrationVersion": TYPE_VERSIONS[self.type],
            }
        )


def text(value: Json) -> str:
    """Also for what Kibana keeps as a string inside an object."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def lines(objects: Iterable[SavedObject]) -> str:
    return "".join(f"{each.line()}\n" for each in objects)

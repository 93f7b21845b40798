"""Columns of a Lens layer: metrics, and the groups they are counted by."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from dashboards.kibana.data_views import TIME_FIELD
from dashboards.kibana.saved_objects import Json


class Column(Protocol):
    bucketed: ClassVar[bool]

    @property
    def label(self) -> str: ...

    def as_lens(self, order_by: str) -> Mapping[str, Json]:
        """Return the column in Kibana's format; `order_by` is the column by which groups are ordered."""


@dataclass(frozen=True)
class CountColumn:
    label: str
    where: str = ""

    bucketed: ClassVar = False

    def as_lens(self, _: str) -> Mapping[str, Json]:
        params: Json = {"emptyAsNull": False}
        return _metric_column(self.label, "count", "___records___", params, self.where)


@dataclass(frozen=True)
class DistinctCountColumn:
    """Counts the distinct values of a field."""

    label: str
    field: str

    bucketed: ClassVar = False

    def as_lens(self, _: str) -> Mapping[str, Json]:
        return _metric_column(self.label, "unique_count", self.field, {"emptyAsNull": False})


@dataclass(frozen=True)
class SumColumn:
    label: str
    field: str

    bucketed: ClassVar = False

    def as_lens(self, _: str) -> Mapping[str, Json]:
        return _metric_column(self.label, "sum", self.field, {"emptyAsNull": False})


@dataclass(frozen=True)
class PercentileColumn:
    label: str
    field: str
    percent: int

    bucketed: ClassVar = False

    def as_lens(self, _: str) -> Mapping[str, Json]:
        return _metric_column(self.label, "percentile", self.field, {"percentile": self.percent})


@dataclass(frozen=True)
class TimeIntervalsColumn:
    """Groups lines by time intervals of a length that Kibana chooses."""

    label: str = "Time"

    bucketed: ClassVar = True

    def as_lens(self, _: str) -> Mapping[str, Json]:
        # Empty intervals are shown, because missing events are worth seeing.
        params: Json = {"interval": "auto", "includeEmptyRows": True, "dropPartials": False}
        return {
            **_lens_column(self.label, "date", "date_histogram", params, "interval"),
            "isBucketed": True,
            "sourceField": TIME_FIELD,
        }


@dataclass(frozen=True)
class TopValuesColumn:
    """Groups by the most frequent values of a field, or by those that are first by another column."""

    label: str
    field: str
    size: int = 10
    kind: str = "string"
    by: str = ""
    others: bool = False
    missing: bool = False
    """Whether documents without the field are counted too. Kibana counts them only if others are counted."""

    bucketed: ClassVar = True

    def as_lens(self, order_by: str) -> Mapping[str, Json]:
        params: Json = {
            "size": self.size,
            "orderBy": {
                "type": "column",
                "columnId": id_of_label(self.by) if self.by else order_by,
            },
            "orderDirection": "desc",
            "otherBucket": self.others or self.missing,
            "missingBucket": self.missing,
            "parentFormat": {"id": "terms"},
        }
        return {
            **_lens_column(self.label, self.kind, "terms", params, "ordinal"),
            "isBucketed": True,
            "sourceField": self.field,
        }


@dataclass(frozen=True)
class QueryGroupsColumn:
    """Groups by fixed queries, always in this order."""

    label: str
    queries: Mapping[str, str] = field(default_factory=dict)

    bucketed: ClassVar = True

    def as_lens(self, _: str) -> Mapping[str, Json]:
        params: Json = {
            "filters": [
                {"label": label, "input": {"query": query, "language": "kuery"}}
                for label, query in self.queries.items()
            ]
        }
        return {
            **_lens_column(self.label, "string", "filters", params, "ordinal"),
            "isBucketed": True,
        }


def id_of_label(label: str) -> str:
    """Return the ID of a column in its layer, or of a panel on its dashboard."""
    return re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-")


def _metric_column(
    label: str, operation: str, source: str, params: Json, where: str = ""
) -> Mapping[str, Json]:
    return {
        **_lens_column(label, "number", operation, params, "ratio"),
        "isBucketed": False,
        "sourceField": source,
        **({"filter": {"query": where, "language": "kuery"}} if where else {}),
    }


def _lens_column(
    label: str, kind: str, operation: str, params: Json, scale: str
) -> Mapping[str, Json]:
    return {
        "label": label,
        # Otherwise Kibana writes a label of its own.
        "customLabel": True,
        "dataType": kind,
        "operationType": operation,
        "params": params,
        "scale": scale,
    }

"""Kibana's data views of the streams, and the formats of fields."""

from collections.abc import Mapping

from dashboards.kibana import links, questions
from dashboards.kibana.saved_objects import Json, Reference, SavedObject, text

GATEWAY = "transcendence-gateway"
APP = "transcendence-app"
ALL = "transcendence-all"
UNPARSED = "transcendence-unparsed"

TIME = "@timestamp"


def data_views() -> list[SavedObject]:
    return [
        _data_view(GATEWAY, "Gateway", "logs-nginx.access-transcendence"),
        _data_view(APP, "Application", "logs-app-transcendence"),
        _data_view(ALL, "Gateway and application", "logs-*-transcendence"),
        _data_view(UNPARSED, "Unparsed lines", "logs-unparsed-transcendence"),
    ]


def reference(name: str, view: str) -> Reference:
    return Reference(name, "index-pattern", view)


def _data_view(view: str, name: str, streams: str) -> SavedObject:
    return SavedObject(
        "index-pattern",
        view,
        {
            "title": streams,
            "name": name,
            "timeFieldName": TIME,
            # For a stream without its first line: otherwise every page that uses the view reports it as broken.
            "allowNoIndex": True,
            "fields": "[]",
            "fieldFormatMap": text(_FORMATS),
        },
    )


def _duration(unit: str) -> Json:
    return {
        "id": "duration",
        "params": {
            "inputFormat": unit,
            # One unit for all, so that a column of durations is easy to compare.
            "outputFormat": "asMilliseconds",
            "outputPrecision": 1,
            "showSuffix": True,
            "useShortSuffix": True,
            "includeSpaceWithSuffix": True,
        },
    }


def _link(search: str, query: str) -> Json:
    return {
        "id": "url",
        "params": {
            "type": "a",
            # Kibana treats an address as its own only if it begins with the path that it is served under.
            "urlTemplate": links.to_answer(search, query),
            "labelTemplate": links.VALUE,
        },
    }


_BYTES: Json = {"id": "bytes", "params": {"pattern": "0,0.[0] b"}}
# Without commas: these values are identifiers, not amounts.
_PLAIN: Json = {"id": "number", "params": {"pattern": "0"}}
_PLAYER = _link(links.PLAYER, questions.PLAYER_LINKED)
_FORMATS: Mapping[str, Json] = {
    "event.duration": _duration("nanoseconds"),
    "nginx.upstream.connect_time": _duration("seconds"),
    "nginx.upstream.response_time": _duration("seconds"),
    "http.request.bytes": _BYTES,
    "http.response.bytes": _BYTES,
    "http.response.body.bytes": _BYTES,
    "http.response.status_code": _PLAIN,
    "nginx.upstream.status": _PLAIN,
    "event.sequence": _PLAIN,
    "process.pid": _PLAIN,
    "http.request.id": _link(links.REQUEST, questions.REQUEST_LINKED),
    "labels.match_id": _link(links.MATCH, questions.MATCH_LINKED),
    "user.id": _PLAYER,
    "user.target.id": _PLAYER,
    "related.user": _PLAYER,
}

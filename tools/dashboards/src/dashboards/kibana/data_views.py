"""Kibana's data views of the streams, and the formats of fields."""

from collections.abc import Mapping

from dashboards.kibana import links, questions
from dashboards.kibana.saved_objects import Json, Reference, SavedObject, json_text

GATEWAY_VIEW = "transcendence-gateway"
APPLICATION_VIEW = "transcendence-app"
ALL_VIEW = "transcendence-all"
UNPARSED_VIEW = "transcendence-unparsed"

TIME_FIELD = "@timestamp"


def all_data_views() -> list[SavedObject]:
    return [
        _data_view(GATEWAY_VIEW, "Gateway", "logs-nginx.access-transcendence"),
        _data_view(APPLICATION_VIEW, "Application", "logs-app-transcendence"),
        _data_view(ALL_VIEW, "Gateway and application", "logs-*-transcendence"),
        _data_view(UNPARSED_VIEW, "Unparsed lines", "logs-unparsed-transcendence"),
    ]


def data_view_reference(name: str, view: str) -> Reference:
    return Reference(name, "index-pattern", view)


def _data_view(view: str, name: str, streams: str) -> SavedObject:
    return SavedObject(
        "index-pattern",
        view,
        {
            "title": streams,
            "name": name,
            "timeFieldName": TIME_FIELD,
            # For a stream without its first line: otherwise every page that uses the view reports it as broken.
            "allowNoIndex": True,
            "fields": "[]",
            "fieldFormatMap": json_text(_FORMATS),
        },
    )


def _duration_format(unit: str) -> Json:
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


def _link_format(search: str, query: str) -> Json:
    return {
        "id": "url",
        "params": {
            "type": "a",
            # Kibana treats an address as its own only if it begins with the path that it is served under.
            "urlTemplate": links.answered_search_address(search, query),
            "labelTemplate": links.VALUE_PLACEHOLDER,
        },
    }


_BYTES_FORMAT: Json = {"id": "bytes", "params": {"pattern": "0,0.[0] b"}}
# Without commas: these values are identifiers, not amounts.
_PLAIN_FORMAT: Json = {"id": "number", "params": {"pattern": "0"}}
_PLAYER_LINK = _link_format(links.PLAYER, questions.LINKED_PLAYER_QUERY)
_FORMATS: Mapping[str, Json] = {
    "event.duration": _duration_format("nanoseconds"),
    "nginx.upstream.connect_time": _duration_format("seconds"),
    "nginx.upstream.response_time": _duration_format("seconds"),
    "http.request.bytes": _BYTES_FORMAT,
    "http.response.bytes": _BYTES_FORMAT,
    "http.response.body.bytes": _BYTES_FORMAT,
    "http.response.status_code": _PLAIN_FORMAT,
    "nginx.upstream.status": _PLAIN_FORMAT,
    "event.sequence": _PLAIN_FORMAT,
    "process.pid": _PLAIN_FORMAT,
    "http.request.id": _link_format(links.REQUEST, questions.LINKED_REQUEST_QUERY),
    "labels.match_id": _link_format(links.MATCH, questions.LINKED_MATCH_QUERY),
    "user.id": _PLAYER_LINK,
    "user.target.id": _PLAYER_LINK,
    "related.user": _PLAYER_LINK,
}

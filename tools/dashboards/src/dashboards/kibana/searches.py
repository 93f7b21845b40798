"""Saved searches: errors, and the lines about one request, match or player."""

from collections.abc import Sequence

from dashboards.kibana import data_views, links, questions
from dashboards.kibana.saved_objects import Json, SavedObject, json_text

# The retention time of lines: an ID is rarely searched for in the hour of its event.
SINCE_30_DAYS = "now-30d"
SINCE_24_HOURS = "now-24h"

LATEST_FIRST: Json = [[data_views.TIME_FIELD, "desc"]]
# Lines of the same millisecond stay in the order in which their process wrote them.
IN_ORDER: Json = [[data_views.TIME_FIELD, "asc"], ["event.sequence", "asc"]]

ERRORS_QUERY = (
    'log.level : ("error" or "critical") or '
    '(event.dataset : "nginx.access" and http.response.status_code >= 500)'
)


def all_searches() -> list[SavedObject]:
    return [errors_search(), request_search(), match_search(), player_search()]


def errors_search() -> SavedObject:
    return _make_search(
        links.ERRORS,
        "Errors",
        "Unexpected errors of every service, and 5xx answers of the gateway, the latest first. "
        "The request's ID links to all lines about it.",
        ERRORS_QUERY,
        [
            "service.name",
            "event.action",
            "error.type",
            "message",
            "error.message",
            "url.path",
            "http.request.id",
        ],
        sort=LATEST_FIRST,
        since=SINCE_24_HOURS,
    )


def request_search() -> SavedObject:
    return _make_search(
        links.REQUEST,
        "One request",
        "All lines of the gateway and the services about one request, in order. Follow the ID of a request in any "
        f"table, or replace {questions.ID_PLACEHOLDER} with it. The header X-Request-ID of each answer contains it.",
        questions.request_query(),
        [
            "service.name",
            "log.level",
            "event.action",
            "message",
            "http.response.status_code",
            "event.duration",
            "event.reason",
            "error.type",
            "user.id",
            "labels.match_id",
        ],
        chart=False,
    )


def match_search() -> SavedObject:
    return _make_search(
        links.MATCH,
        "One match",
        "All lines about one match, from pairing to record, with the gateway's requests for its address. Follow the "
        f"ID of a match in any table, or replace {questions.ID_PLACEHOLDER} with it, twice. Its page's address "
        "contains it.",
        questions.match_query(),
        [
            "service.name",
            "event.action",
            "event.reason",
            "message",
            "error.message",
            "user.id",
            "url.path",
            "http.response.status_code",
            "http.request.id",
        ],
        chart=False,
    )


def player_search() -> SavedObject:
    return _make_search(
        links.PLAYER,
        "One player",
        "Actions of one player, and actions of others on them, in order. Follow the ID of a player in any table, or "
        f"replace {questions.ID_PLACEHOLDER} with it, three times.",
        questions.player_query(),
        [
            "service.name",
            "event.action",
            "event.outcome",
            "event.reason",
            "message",
            "url.path",
            "http.response.status_code",
            "labels.match_id",
            "http.request.id",
        ],
    )


def _make_search(
    search: str,
    title: str,
    description: str,
    query: str,
    columns: Sequence[str],
    *,
    sort: Json = IN_ORDER,
    since: str = SINCE_30_DAYS,
    chart: bool = True,
) -> SavedObject:
    index = "kibanaSavedObjectMeta.searchSourceJSON.index"
    source: Json = {
        "query": {"query": query, "language": "kuery"},
        "filter": [],
        "indexRefName": index,
    }
    return SavedObject(
        "search",
        search,
        {
            "title": title,
            "description": description,
            "columns": columns,
            "sort": sort,
            "grid": {},
            "hideChart": not chart,
            "isTextBasedQuery": False,
            "timeRestore": True,
            "timeRange": {"from": since, "to": "now"},
            "kibanaSavedObjectMeta": {"searchSourceJSON": json_text(source)},
        },
        [data_views.data_view_reference(index, data_views.ALL_VIEW)],
    )

"""Addresses inside Kibana, as reached through the gateway."""

from urllib.parse import quote

KIBANA = "/kibana"
RUNBOOKS = "/runbooks/"

GATEWAY_TRAFFIC = "transcendence-gateway-traffic"
APPLICATION = "transcendence-application"

ERRORS = "transcendence-errors"
REQUEST = "transcendence-request"
MATCH = "transcendence-match"
PLAYER = "transcendence-player"

VALUE = "{{value}}"
"""The placeholder where Kibana puts the field's value, encoded."""


def to_dashboard(dashboard_id: str) -> str:
    return f"{KIBANA}/app/dashboards#/view/{dashboard_id}"


def to_search(search_id: str) -> str:
    return f"{KIBANA}/app/discover#/view/{search_id}"


def to_lines(data_view: str) -> str:
    return f"{KIBANA}/app/discover#/?_a=(dataSource:(dataViewId:{data_view},type:dataView))"


def to_answer(search_id: str, query: str) -> str:
    """Return the address of a saved search with another query: values in the address override the search's own."""
    asked = VALUE.join(quote(part, safe="") for part in query.split(VALUE))
    return f"{to_search(search_id)}?_a=(query:(language:kuery,query:'{asked}'))"

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

VALUE_PLACEHOLDER = "{{value}}"
"""The placeholder where Kibana puts the field's value, encoded."""


def dashboard_address(dashboard_id: str) -> str:
    return f"{KIBANA}/app/dashboards#/view/{dashboard_id}"


def search_address(search_id: str) -> str:
    return f"{KIBANA}/app/discover#/view/{search_id}"


def lines_address(data_view: str) -> str:
    return f"{KIBANA}/app/discover#/?_a=(dataSource:(dataViewId:{data_view},type:dataView))"


def answered_search_address(search_id: str, query: str) -> str:
    """Return the address of a saved search with another query: values in the address override the search's own."""
    asked = VALUE_PLACEHOLDER.join(quote(part, safe="") for part in query.split(VALUE_PLACEHOLDER))
    return f"{search_address(search_id)}?_a=(query:(language:kuery,query:'{asked}'))"

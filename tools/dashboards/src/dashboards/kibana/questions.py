"""Queries for all log lines about one ID. An ID links to the result; without a link, paste it into the search."""

from dashboards.kibana.links import VALUE_PLACEHOLDER

ID_PLACEHOLDER = "paste-the-id-here"
"""Consists of characters that need no quotes, because text between asterisks must not be quoted."""


def request_query(request_id: str = ID_PLACEHOLDER) -> str:
    return f'http.request.id : "{request_id}"'


def match_query(match_id: str = ID_PLACEHOLDER) -> str:
    # The gateway does not log a match, but its address contains the ID.
    return f'labels.match_id : "{match_id}" or url.path : *{match_id}*'


def player_query(user_id: str = ID_PLACEHOLDER) -> str:
    return f'user.id : "{user_id}" or user.target.id : "{user_id}" or related.user : "{user_id}"'


LINKED_REQUEST_QUERY = request_query(VALUE_PLACEHOLDER)
LINKED_MATCH_QUERY = match_query(VALUE_PLACEHOLDER)
LINKED_PLAYER_QUERY = player_query(VALUE_PLACEHOLDER)

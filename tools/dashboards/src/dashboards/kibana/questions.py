"""Queries for all log lines about one ID. An ID links to the result; without a link, paste it into the search."""

from dashboards.kibana.links import VALUE

PASTE = "paste-the-id-here"
"""Consists of characters that need no quotes, because text between asterisks must not be quoted."""


def about_request(request_id: str = PASTE) -> str:
    return f'http.request.id : "{request_id}"'


def about_match(match_id: str = PASTE) -> str:
    # The gateway does not log a match, but its address contains the ID.
    return f'labels.match_id : "{match_id}" or url.path : *{match_id}*'


def about_player(user_id: str = PASTE) -> str:
    return f'user.id : "{user_id}" or user.target.id : "{user_id}" or related.user : "{user_id}"'


REQUEST_LINKED = about_request(VALUE)
MATCH_LINKED = about_match(VALUE)
PLAYER_LINKED = about_player(VALUE)

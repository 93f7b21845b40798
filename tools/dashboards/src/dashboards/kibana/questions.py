"""The questions that are asked about one id. An id is a link to the answer; without one, paste it."""

from dashboards.kibana.links import VALUE

PASTE = "paste-the-id-here"
"""Of characters that need no quotes, because what stands between asterisks must not be quoted."""


def about_request(request_id: str = PASTE) -> str:
    return f'http.request.id : "{request_id}"'


def about_match(match_id: str = PASTE) -> str:
    # The gateway knows no match, but its address has the id.
    return f'labels.match_id : "{match_id}" or url.path : *{match_id}*'


def about_player(user_id: str = PASTE) -> str:
    return f'user.id : "{user_id}" or user.target.id : "{user_id}" or related.user : "{user_id}"'


REQUEST_LINKED = about_request(VALUE)
MATCH_LINKED = about_match(VALUE)
PLAYER_LINKED = about_player(VALUE)

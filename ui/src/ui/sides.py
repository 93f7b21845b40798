"""A match from the perspective of the player whose list it is in."""

from contracts.history.matches import MatchRecord, MatchSide


def own_side(match: MatchRecord) -> MatchSide:
    """Return the side of the player whose list the match is in, or the left one if it is in no player's list."""
    return match.left if _is_own_side_left(match) else match.right


def opponent_side(match: MatchRecord) -> MatchSide:
    return match.right if _is_own_side_left(match) else match.left


def shown_rating_change(side: MatchSide) -> int | None:
    """Return the rating's change, computed from the two rounded ratings that are shown."""
    if side.rating_before is None or side.rating_after is None:
        return None
    return round(side.rating_after) - round(side.rating_before)


def _is_own_side_left(match: MatchRecord) -> bool:
    return match.outcome is None or (match.outcome == "won") == (match.winner == "left")

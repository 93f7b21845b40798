"""A match as the player sees it in whose list it is."""

from contracts.history.matches import MatchRecord, Side


def own_side(match: MatchRecord) -> Side:
    """Return the side of whose list it is in; the left one where it is in nobody's."""
    return match.left if _seen_from_left(match) else match.right


def opponent_side(match: MatchRecord) -> Side:
    return match.right if _seen_from_left(match) else match.left


def rating_change(side: Side) -> int | None:
    """Return what the match did to the rating, as the two whole numbers differ that are shown."""
    if side.rating_before is None or side.rating_after is None:
        return None
    return round(side.rating_after) - round(side.rating_before)


def _seen_from_left(match: MatchRecord) -> bool:
    return match.outcome is None or (match.outcome == "won") == (match.winner == "left")

"""Rounds ratings for display."""


def round_for_display(points: float) -> float:
    """Round a rating or a deviation to one decimal, which is finer than any meaningful difference between players."""
    return round(points, 1)

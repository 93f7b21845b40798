"""Ratings as people see them."""


def shown(points: float) -> float:
    """Return a rating or a deviation to one decimal: more than anybody can tell players apart by."""
    return round(points, 1)

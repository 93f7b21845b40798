"""Colours of the panels: the same thing has the same colour on every panel."""

from collections.abc import Mapping

PHOSPHOR = "#58f08c"
WHITE = "text"
"""Grafana's own name: white in the dark theme, and legible in the light one."""
GREY = "#9aa29d"
AMBER = "#ffcf70"
RED = "#ff8f85"
BLUE = "#7fb8ff"
VIOLET = "#c9a6ff"
TEAL = "#5fd3d0"
TRANSPARENT = "transparent"

SERVICE_COLOURS = {"auth": BLUE, "history": VIOLET, "tournament": PHOSPHOR, "ui": WHITE}

COLOURS_BY_LABEL: Mapping[str, Mapping[str, str]] = {
    "service": SERVICE_COLOURS,
    "upstream": SERVICE_COLOURS | {"operators": TEAL, "none": GREY},
    "datname": {f"{service}_db": colour for service, colour in SERVICE_COLOURS.items()},
    "class": {"1xx": GREY, "2xx": PHOSPHOR, "3xx": BLUE, "4xx": AMBER, "5xx": RED},
    "mode": {
        "user": PHOSPHOR, "system": BLUE, "iowait": AMBER, "steal": RED, "nice": TEAL,
        "irq": VIOLET, "softirq": WHITE,
    },
    "phase": {
        "waiting": GREY, "countdown": BLUE, "playing": PHOSPHOR, "away": AMBER,
        "suspended": RED, "over": WHITE,
    },
    "result": {
        "success": PHOSPHOR, "challenged": BLUE, "wrong_password": AMBER, "unknown_account": GREY,
        "throttled": VIOLET, "busy": RED,
        "delivered": PHOSPHOR, "postponed": AMBER, "given_up": VIOLET, "held": RED,
    },
    "state": {
        "active": PHOSPHOR, "idle": GREY, "idle in transaction": AMBER,
        "idle in transaction (aborted)": RED,
    },
}  # fmt: skip
"""Colours of a label's values if the legend is that label alone."""

COLOURS_BY_NAME: Mapping[str, str] = {
    "p50": BLUE,
    "p95": PHOSPHOR,
    "p99": AMBER,
    "in use": PHOSPHOR,
    "available": PHOSPHOR,
    "used": PHOSPHOR,
    "free": GREY,
    "limit": RED,
    "failed": RED,
}
"""Colours of series with a fixed name."""


def colours_of(legend: str) -> Mapping[str, str]:
    """Return the colours of the series that a legend can name."""
    if legend.startswith("{{") and legend.endswith("}}"):
        return COLOURS_BY_LABEL.get(legend.strip("{}"), {})
    return {legend: COLOURS_BY_NAME[legend]} if legend in COLOURS_BY_NAME else {}

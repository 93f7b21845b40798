"""`make bench`: measure the platform and references in the same run, and print the results; `B=pages` for one part.

Machines are shared and noisy: read the ratios and the CPU per request before the requests per
second. Nothing is asserted here.
"""

import asyncio
import logging
import sys
from collections.abc import Callable
from typing import Final

import structlog

from tests.bench import game, idle, live, pages, rendered, sign_ins, tournaments, weight
from tests.bench.load import ToolMissing, find_wrk
from tests.bench.weight import find_chromium
from tests.fixtures.launched import LaunchedPlatform, launched_platform

# A benchmark sends all its requests from one address, so the budgets of an address are lifted.
NO_LIMITS = {
    "GATEWAY_API_RATE": "100000r/s",
    "GATEWAY_PAGE_RATE": "100000r/s",
    "GATEWAY_LOGIN_RATE": "100000r/s",
    "GATEWAY_LOGIN_BURST": "1000",
}


PLATFORM_PARTS: Final[dict[str, Callable[[LaunchedPlatform], object]]] = {
    "idle": idle.measure,
    "weight": lambda platform: asyncio.run(weight.measure(platform)),
    "pages": pages.measure,
    "rendered": rendered.measure,
    "sign_ins": lambda platform: asyncio.run(sign_ins.measure(platform)),
}
PARTS: Final[dict[str, Callable[[], object]]] = {
    "game": game.measure,
    "live": live.measure,
    "tournaments": tournaments.measure,
}


def main() -> int:
    # Clients and servers in this process log each connection and match, between the figures that people read.
    logging.disable(logging.INFO)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    wanted = sys.argv[1:] or [*PARTS, *PLATFORM_PARTS]
    if unknown := set(wanted) - {*PARTS, *PLATFORM_PARTS}:
        parts = ", ".join([*PARTS, *PLATFORM_PARTS])
        sys.stderr.write(f"No part is called {', '.join(sorted(unknown))}. Parts: {parts}\n")
        return 1
    try:
        find_wrk()
        find_chromium()
    except ToolMissing as missing:
        sys.stderr.write(f"{missing}\n")
        return 1
    for name, measure in PARTS.items():
        if name in wanted:
            measure()
    on_platform = [measure for name, measure in PLATFORM_PARTS.items() if name in wanted]
    if on_platform:
        with launched_platform(NO_LIMITS) as platform:
            for measure_on in on_platform:
                measure_on(platform)
    return 0


if __name__ == "__main__":
    sys.exit(main())

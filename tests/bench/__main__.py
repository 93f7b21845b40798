"""`make bench`: measure the platform and references in the same run, and print the results.

Machines are shared and noisy: read the ratios and the CPU per request before the requests per
second. Nothing is asserted here.
"""

import asyncio
import sys

from tests.bench import game, live, pages, sign_ins, tournaments, weight
from tests.bench.load import ToolMissing, find_wrk
from tests.bench.weight import find_chromium
from tests.fixtures.launched import launched_platform

# A benchmark sends all its requests from one address, so the budgets of an address are lifted.
NO_LIMITS = {
    "GATEWAY_API_RATE": "100000r/s",
    "GATEWAY_PAGE_RATE": "100000r/s",
    "GATEWAY_LOGIN_RATE": "100000r/s",
    "GATEWAY_LOGIN_BURST": "1000",
}


def main() -> int:
    try:
        find_wrk()
        find_chromium()
    except ToolMissing as missing:
        sys.stderr.write(f"{missing}\n")
        return 1
    game.measure()
    live.measure()
    tournaments.measure()
    with launched_platform(NO_LIMITS) as platform:
        asyncio.run(weight.measure(platform))
        pages.measure(platform)
        asyncio.run(sign_ins.measure(platform))
    return 0


if __name__ == "__main__":
    sys.exit(main())

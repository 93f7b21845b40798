"""Turns `docker compose config --format json` into what `docker stack deploy` reads.

Both follow one specification, but the second reads an older edition of it: some keys have no place there, and some
numbers are written otherwise.
"""

import json
import sys
from typing import Any

# Only Compose has these. A Swarm starts everything at once: what must come first is waited for by health checks.
# Its nodes get our images from a registry that the operator names.
COMPOSE_ONLY = ("build", "depends_on", "pull_policy", "restart", "security_opt")
COMPOSE_ONLY_AT_THE_TOP = ("name",)

Service = dict[str, Any]


def main() -> None:
    stack = json.load(sys.stdin)
    for key in COMPOSE_ONLY_AT_THE_TOP:
        del stack[key]
    for service in stack["services"].values():
        adapt(service)
    json.dump(stack, sys.stdout, indent=2)


def adapt(service: Service) -> None:
    for key in [key for key in service if key in COMPOSE_ONLY or service[key] is None]:
        del service[key]
    for volume in service.get("volumes", []):
        if "tmpfs" in volume:
            volume["tmpfs"]["size"] = int(volume["tmpfs"]["size"])
    for port in service.get("ports", []):
        port["published"] = int(port["published"])
    limits = service["deploy"]["resources"]["limits"]
    limits["cpus"] = str(limits["cpus"])


if __name__ == "__main__":
    main()

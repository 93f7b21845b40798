"""Converts the output of `docker compose config --format json` into input of `docker stack deploy`.

Both follow one specification, but the second reads an older version, which lacks some keys and writes some numbers
differently.
"""

import json
import sys
from typing import Any

# Keys that only Compose has. A Swarm starts everything at once, and health checks wait for dependencies. Its nodes pull
# our images from the operator's registry.
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

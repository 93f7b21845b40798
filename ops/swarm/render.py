"""Converts the output of `docker compose config --format json` into input of `docker stack deploy`.

Both follow one specification, but the second reads an older version, which lacks some keys and writes some numbers
differently. A Swarm also distributes secrets to its nodes by itself: they take the place of the volume of secrets.
"""

import json
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

from credentials.parts import PARTS

# Keys that only Compose has. A Swarm starts everything at once, and health checks wait for dependencies. Its nodes pull
# our images from the operator's registry.
COMPOSE_ONLY = ("build", "depends_on", "pull_policy", "restart", "security_opt")
COMPOSE_ONLY_AT_THE_TOP = ("name",)
# Fills the volume of secrets, and names the operator's files with which it does that.
SETUP = "setup"
SECRETS_VOLUME = "secrets"

Service = dict[str, Any]


def main() -> None:
    stack = json.load(sys.stdin)
    for key in COMPOSE_ONLY_AT_THE_TOP:
        del stack[key]
    del stack["volumes"][SECRETS_VOLUME]
    setup = stack["services"].pop(SETUP)
    own = {each["target"]: Path(each["source"]) for each in setup["volumes"] if "bind" in each}
    stack["secrets"] = {}
    for service in stack["services"].values():
        adapt(service)
        stack["secrets"] |= use_secrets(service, own)
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


def use_secrets(service: Service, own: dict[str, Path]) -> dict[str, dict[str, str]]:
    """Replace a service's part of the volume of secrets; return its secrets and their files on this machine."""
    files = {
        name: file
        for volume in service.get("volumes", [])
        if volume.get("source") == SECRETS_VOLUME
        for name, file in PARTS[volume["volume"]["subpath"]].items()
    }
    if not files:
        return {}
    service["volumes"] = [
        each for each in service["volumes"] if each.get("source") != SECRETS_VOLUME
    ]
    paths = {name: path_of(file, own) for name, file in files.items()}
    named = {name: name_of(file, paths[name]) for name, file in files.items()}
    service["secrets"] = [{"source": source, "target": name} for name, source in named.items()]
    return {named[name]: {"file": str(path)} for name, path in paths.items()}


def path_of(file: str, own: dict[str, Path]) -> Path:
    """Return the file that a setting names, or the file in the operator's folder."""
    named = own.get(f"/own-tls/{file}")
    return named if named and named.is_file() else own["/own"] / file


def name_of(file: str, path: Path) -> str:
    """Return a name that changes with the content: a Swarm cannot change the content of a secret.

    With the stack's name in front it may have 64 characters.
    """
    return f"{Path(file).stem[:24]}_{sha256(path.read_bytes()).hexdigest()[:8]}"


if __name__ == "__main__":
    main()

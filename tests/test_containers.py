"""What the container files must agree on with the rest of the house; needs no Docker."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
COMPOSE = (ROOT / "docker-compose.yml").read_text()
DOCKERFILES = {name: (ROOT / name).read_text() for name in ("Dockerfile", "gateway/Dockerfile")}
EXAMPLE = (ROOT / ".env.example").read_text()


def images() -> list[str]:
    """Every image of others, by the name that is pulled."""
    froms = [
        found
        for text in DOCKERFILES.values()
        for found in re.findall(r"^(?:FROM|ARG \w+=)\s*([\w./-]+:\S+)", text, flags=re.MULTILINE)
        + re.findall(r"^ARG \w+=(\S+:\S+)", text, flags=re.MULTILINE)
    ]
    return [*froms, *re.findall(r"^\s+image: ([\w./-]+:\S+)", COMPOSE, flags=re.MULTILINE)]


def test_every_image_is_pinned_to_a_version() -> None:
    found = images()
    assert {name.partition(":")[0] for name in found} == {
        "ghcr.io/astral-sh/uv",
        "python",
        "nginx",
        "postgres",
        "axllent/mailpit",
    }
    for name in found:
        assert re.fullmatch(r"[\w./-]+:v?\d+\.\d+(\.\d+)?(-[\w-]+)?", name), name


def test_images_are_built_with_the_uv_that_clones_use() -> None:
    wanted = re.search(
        r"^UV_VERSION=(\S+)", (ROOT / "tools/bootstrap-uv").read_text(), re.MULTILINE
    )
    assert wanted is not None
    assert f"ghcr.io/astral-sh/uv:{wanted[1]} " in DOCKERFILES["Dockerfile"]


def test_what_can_be_chosen_is_explained() -> None:
    chosen = set(re.findall(r"\$\{([A-Z0-9_]+)", COMPOSE))
    explained = set(re.findall(r"^#? ?([A-Z0-9_]+)=", EXAMPLE, flags=re.MULTILINE))
    assert {"GATEWAY_PORT", "SECRETS_DIR"} <= chosen
    assert chosen <= explained


def test_nothing_secret_is_in_an_environment() -> None:
    """A secret is a file that a container names; an environment is shown by every inspection."""
    environments = re.findall(r"^\s+([A-Z0-9_]+): (.+)$", COMPOSE, flags=re.MULTILINE)
    assert environments
    for name, value in environments:
        if re.search(r"PASSWORD|SECRET|KEY|DATABASE_URL", name):
            assert value.startswith("/run/secrets/"), name

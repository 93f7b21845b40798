"""README, defaults and templates name the same variables."""

import re
from pathlib import Path

import pytest

from launcher.gateway import (
    VariableMissing,
    VariableUnknown,
    install_configuration,
    read_environment,
)
from tests.gateway.nginx import GATEWAY_DIR

VARIABLE = re.compile(r"\$\{([A-Z][A-Z0-9_]*)\}")


def used() -> set[str]:
    texts = [path.read_text() for path in (GATEWAY_DIR / "templates").iterdir()]
    return {name for text in texts for name in VARIABLE.findall(text)}


def without_default() -> set[str]:
    return used() - read_environment(GATEWAY_DIR / "defaults.env").keys()


def test_every_variable_with_a_default_is_used() -> None:
    assert read_environment(GATEWAY_DIR / "defaults.env").keys() <= used()


def test_the_readme_names_every_variable_without_a_default() -> None:
    text = (GATEWAY_DIR / "README.md").read_text()
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    named = {name for row in rows for name in re.findall(r"`([A-Z][A-Z0-9_]+)`", row)}
    assert named == without_default()


def test_the_images_filter_accepts_exactly_these_variables() -> None:
    text = (GATEWAY_DIR / "Dockerfile").read_text()
    found = re.search(r'NGINX_ENVSUBST_FILTER="(.*)"', text)
    assert found is not None
    pattern = re.compile(found[1])
    assert [name for name in used() if not pattern.search(name)] == []
    strangers = ("PATH", "HOSTNAME", "AUTH_DATABASE_URL", "UI_PORT", "TOKEN_ISSUER_X")
    assert [name for name in strangers if pattern.search(name)] == []


def test_only_templates_have_variables() -> None:
    folders = ("includes", "njs", "pages", "container")
    plain = [path for folder in folders for path in (GATEWAY_DIR / folder).iterdir()]
    for path in (GATEWAY_DIR / "nginx.conf", *plain):
        assert "${" not in path.read_text() or path.suffix == ".js", path


def test_rendering_names_missing_and_unknown_variables(tmp_path: Path) -> None:
    values = dict.fromkeys(without_default(), "1")
    incomplete = {name: value for name, value in values.items() if name != "TLS_KEY"}
    with pytest.raises(VariableMissing, match="TLS_KEY"):
        install_configuration(GATEWAY_DIR, tmp_path, incomplete)
    with pytest.raises(VariableUnknown, match="TLS_KYE"):
        install_configuration(GATEWAY_DIR, tmp_path, {**values, "TLS_KYE": "1"})

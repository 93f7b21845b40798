"""The gateway's files are rendered exactly, or refused in one line."""

import shutil
from pathlib import Path

import pytest

from launcher.gateway import (
    ConfigurationRefused,
    NginxMissing,
    VariableMissing,
    VariableUnknown,
    check_configuration,
    find_nginx,
    install_configuration,
    render_templates,
)


@pytest.fixture
def gateway(tmp_path: Path) -> Path:
    folder = tmp_path / "gateway"
    for name in ("includes", "njs", "pages", "templates"):
        (folder / name).mkdir(parents=True)
    (folder / "nginx.conf").write_text("events {}\nhttp { include conf.d/server.conf; }\n")
    (folder / "pages" / "late.html").write_text("<p>${NOT_RENDERED}</p>")
    (folder / "templates" / "server.conf.template").write_text(
        "map $host $x { default ${WORD}; }\nserver { listen ${BIND}:1; }\n"
    )
    (folder / "defaults.env").write_text("# The address.\nBIND=127.0.0.1\n\nWORD=\n")
    return folder


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    folder = tmp_path / "prefix"
    folder.mkdir()
    return folder


def test_only_known_variables_are_substituted(gateway: Path, prefix: Path) -> None:
    install_configuration(gateway, prefix, {"WORD": "$uri"})
    rendered = (prefix / "conf.d" / "server.conf").read_text()
    assert rendered == "map $host $x { default $uri; }\nserver { listen 127.0.0.1:1; }\n"
    assert (prefix / "pages" / "late.html").read_text() == "<p>${NOT_RENDERED}</p>"


def test_files_of_an_older_version_are_deleted_and_those_of_nginx_kept(
    gateway: Path, prefix: Path
) -> None:
    install_configuration(gateway, prefix, {})
    (prefix / "conf.d" / "old.conf").touch()
    (prefix / "nginx.pid").touch()
    install_configuration(gateway, prefix, {})
    assert not (prefix / "conf.d" / "old.conf").exists()
    assert (prefix / "nginx.pid").exists()


def test_missing_and_unknown_variables_are_refused_by_name(gateway: Path, prefix: Path) -> None:
    with pytest.raises(VariableMissing, match=r"server\.conf\.template .* BIND"):
        render_templates(gateway / "templates", prefix, {"WORD": ""})
    with pytest.raises(VariableUnknown, match="WORDS"):
        install_configuration(gateway, prefix, {"WORDS": "x"})


def test_an_invalid_configuration_is_refused_with_nginxs_message(
    gateway: Path, prefix: Path
) -> None:
    nginx = find_nginx(None)
    install_configuration(gateway, prefix, {"WORD": "x"})
    check_configuration(nginx, prefix)
    install_configuration(gateway, prefix, {"WORD": "x; nonsense"})
    with pytest.raises(ConfigurationRefused, match=r"server\.conf:1") as refusal:
        check_configuration(nginx, prefix)
    assert "\n" not in str(refusal.value)


def test_the_chosen_nginx_is_used_or_reported_missing(tmp_path: Path) -> None:
    chosen = tmp_path / "nginx"
    shutil.copy(find_nginx(None), chosen)
    assert find_nginx(str(chosen)) == chosen
    with pytest.raises(NginxMissing, match="NGINX=no-such-nginx is not a program"):
        find_nginx("no-such-nginx")

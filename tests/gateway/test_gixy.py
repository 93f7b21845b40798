"""gixy-next reads the rendered configuration and reports nothing unintended."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.gateway.nginx import install_as_here

VALUES = {
    "GATEWAY_HTTPS_PORT": "8090",
    "GATEWAY_PUBLIC_PORT": "443",
    "GATEWAY_HTTP_PORT": "8091",
    "GATEWAY_STATUS_LISTEN": "8080",
    "GATEWAY_ACCESS_LOG": "/dev/stdout",
    "GATEWAY_CACHE_DIR": "/var/cache/nginx/landing",
    "GATEWAY_RESOLVER": "127.0.0.11",
    "TLS_CERTIFICATE": "/run/secrets/tls_certificate",
    "TLS_KEY": "/run/secrets/tls_key",
    "ASSETS_DIR": "/srv/assets",
    "GATEWAY_LOG_FILE": "/logs/access.json",
    "ELASTIC_CA": "/run/secrets/elastic_ca",
    **{
        f"{name}_UPSTREAM": f"{name.lower()}:8000"
        for name in (
            *("AUTH", "HISTORY", "TOURNAMENT", "UI"),
            *("PROMETHEUS", "ALERTMANAGER", "GRAFANA", "KIBANA"),
        )
    },
}
# False positives of gixy, in these files only.
MEANT = {
    # gixy suggests a variable in `default_type`, which takes none; with `types { }`
    # there is no second header.
    ("add_header_content_type", "static.conf"),
    # Buffering would delay events. The services are asynchronous, and the number of
    # streams per address is limited.
    ("proxy_buffering_off", "live.conf"),
}


@pytest.mark.parametrize("in_image", [False, True], ids=["natively", "in_the_image"])
def test_gixy_reports_nothing(tmp_path: Path, in_image: bool) -> None:
    install_as_here(tmp_path, VALUES, in_image=in_image)
    found = findings(tmp_path / "nginx.conf")
    assert {(finding["plugin"], Path(finding["file"]).name) for finding in found} == MEANT, found


def test_gixy_reports_an_insecure_configuration(tmp_path: Path) -> None:
    install_as_here(tmp_path, VALUES)
    pages = tmp_path / "includes" / "pages.conf"
    pages.write_text(pages.read_text() + "add_header X-Asked $uri;\n")
    assert "http_splitting" in {finding["plugin"] for finding in findings(tmp_path / "nginx.conf")}


def findings(configuration: Path) -> list[dict[str, str]]:
    command = [str(Path(sys.executable).with_name("gixy")), "--format", "json", str(configuration)]
    # The exit status only repeats whether anything was reported.
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found: list[dict[str, str]] = json.loads(done.stdout)
    return found

"""sslyze scans the running gateway from outside, as an attacker would."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.fixtures.authorities import trusting_environment
from tests.gateway.certificates import certificate_pem, key_pem, self_signed
from tests.gateway.nginx import Services, running_gateway
from tests.gateway.test_certificate_expiry import RSA

pytestmark = [pytest.mark.image, pytest.mark.thorough]

ROOT = Path(__file__).parents[2]
# The first run installs it.
SCAN_SECONDS = 180
AUTHENTICATED = ("_GCM_SHA256", "_GCM_SHA384", "_CHACHA20_POLY1305_SHA256")
# sslyze uses an old OpenSSL, which does not know newer features.
CURVES = {"X25519", "secp256r1", "secp384r1"}


@pytest.mark.parametrize("kind", ["EC", "RSA"])
def test_the_gateway_offers_no_weak_tls(services: Services, kind: str) -> None:
    files = {"rsa.pem": certificate_pem(self_signed(RSA)), "rsa-key.pem": key_pem(RSA)}
    rsa = {"TLS_CERTIFICATE": "../rsa.pem", "TLS_KEY": "../rsa-key.pem"}
    with running_gateway(services, rsa if kind == "RSA" else {}, files=files) as gateway:
        found = scan(gateway.https_port)
    suites = found["suites"]
    assert isinstance(suites, dict)
    assert set(suites) == {"TLSv1.2", "TLSv1.3"}
    assert suites["TLSv1.2"] != []
    for name in suites["TLSv1.2"]:
        # Key exchanges with forward secrecy; TLS 1.3 has no others.
        assert name.startswith(("TLS_ECDHE_ECDSA_", "TLS_ECDHE_RSA_")), name
    for name in (*suites["TLSv1.2"], *suites["TLSv1.3"]):
        assert name.endswith(AUTHENTICATED), name
    curves = found["curves"]
    assert isinstance(curves, list)
    assert set(curves) == CURVES
    assert [found[flaw] for flaw in ("compression", "renegotiation_dos", "heartbleed", "ccs")] == [
        False
    ] * 4
    assert str(found["robot"]).startswith("NOT_VULNERABLE")
    issues = found["against_mozilla_intermediate"]
    assert isinstance(issues, dict)
    # Findings about the test's self-signed certificate say nothing about this configuration.
    assert {name: text for name, text in issues.items() if not name.startswith("certificate")} == {}


def scan(port: int) -> dict[str, object]:
    environment = trusting_environment()
    bootstrap = subprocess.run(
        [ROOT / "tools" / "bootstrap-uv"],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    command = [bootstrap.stdout.strip(), "run", "--quiet", "--script"]
    done = subprocess.run(
        [*command, Path(__file__).with_name("scan_tls.py"), str(port)],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        timeout=SCAN_SECONDS,
    )
    assert done.returncode == 0, done.stderr
    facts: dict[str, object] = json.loads(done.stdout)
    return facts

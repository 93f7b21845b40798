import shutil
import socket
import ssl
import subprocess
import warnings

import pytest

from tests.gateway.nginx import Gateway, Services
from tests.gateway.tokens import SigningKey

pytestmark = pytest.mark.image

HANDSHAKE_SECONDS = 5


def negotiated(gateway: Gateway, context: ssl.SSLContext) -> tuple[str | None, str | None, str]:
    address = ("127.0.0.1", gateway.https_port)
    with (
        socket.create_connection(address, HANDSHAKE_SECONDS) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as secure,
    ):
        cipher = secure.cipher()
        assert cipher is not None
        return secure.version(), secure.selected_alpn_protocol(), cipher[0]


def context_of(gateway: Gateway, version: ssl.TLSVersion) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=gateway.folder / "certificate.pem")
    with warnings.catch_warnings():
        # Python warns about the versions that must be refused.
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = version
    return context


@pytest.mark.parametrize(
    ("version", "name"), [(ssl.TLSVersion.TLSv1_2, "TLSv1.2"), (ssl.TLSVersion.TLSv1_3, "TLSv1.3")]
)
def test_current_tls_versions_are_accepted(
    gateway: Gateway, version: ssl.TLSVersion, name: str
) -> None:
    assert negotiated(gateway, context_of(gateway, version))[0] == name


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_old_tls_versions_are_refused(gateway: Gateway, version: ssl.TLSVersion) -> None:
    context = context_of(gateway, version)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.raises(ssl.SSLError):
        negotiated(gateway, context)


@pytest.mark.parametrize("ciphers", ["AES128-SHA", "ECDHE-ECDSA-AES128-SHA", "AES256-GCM-SHA384"])
def test_old_ciphers_are_refused(gateway: Gateway, ciphers: str) -> None:
    context = context_of(gateway, ssl.TLSVersion.TLSv1_2)
    context.set_ciphers(ciphers)
    with pytest.raises(ssl.SSLError):
        negotiated(gateway, context)


def test_http_2_is_offered(gateway: Gateway) -> None:
    context = context_of(gateway, ssl.TLSVersion.TLSv1_3)
    context.set_alpn_protocols(["h2", "http/1.1"])
    assert negotiated(gateway, context)[1] == "h2"


def test_sessions_are_resumed(gateway: Gateway) -> None:
    context = context_of(gateway, ssl.TLSVersion.TLSv1_2)
    session = None
    for _ in range(2):
        with (
            socket.create_connection(("127.0.0.1", gateway.https_port)) as plain,
            context.wrap_socket(plain, server_hostname="localhost", session=session) as secure,
        ):
            session, reused = secure.session, secure.session_reused
    assert reused


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs the package curl")
def test_token_checks_and_errors_work_over_http_2(
    gateway: Gateway, services: Services, key: SigningKey
) -> None:
    def ask(path: str, *more: str) -> str:
        command = [
            "curl",
            "-sS",
            "--http2",
            "-o",
            "/dev/null",
            "-w",
            "%{http_version} %{http_code}",
        ]
        trust = ["--cacert", str(gateway.folder / "certificate.pem")]
        done = subprocess.run(
            [*command, *trust, *more, gateway.url + path],
            capture_output=True,
            text=True,
            check=True,
            timeout=HANDSHAKE_SECONDS,
        )
        return done.stdout

    bearer = f"Authorization: Bearer {key.token({'jti': 'http2'})}"
    assert ask("/") == "2 200"
    assert services.ui.last.one("host") == f"localhost:{gateway.https_port}"
    assert ask("/api/user/me", "-H", bearer) == "2 200"
    assert ask("/api/user/me", "-H", bearer) == "2 200"
    assert ask("/api/user/me") == "2 401"
    assert ask("/api/user/me", "-H", "Authorization: Bearer a.b.c") == "2 401"
    assert ask("/api/user/login", "--data-binary", "x" * 20000) == "2 413"
    assert ask("/internal/x") == "2 404"

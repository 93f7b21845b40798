"""OCSP: off by default, stapled if a real authority answers."""

import subprocess

import pytest

from tests.gateway.certificates import (
    Authority,
    Responder,
    certificate_pem,
    key_pem,
    new_authority,
    new_key,
    running_responder,
)
from tests.gateway.nginx import Gateway, Services, running_gateway, wait_for

pytestmark = pytest.mark.image

HANDSHAKE_SECONDS = 10
CHAIN_HOLDS_THE_ISSUER = {
    "GATEWAY_OCSP_STAPLING": "on",
    "TLS_CERTIFICATE": "../chain.pem",
    "TLS_KEY": "../site-key.pem",
}


def site(authority: Authority, responder: Responder) -> dict[str, bytes]:
    """Return the files of a site whose certificate the authority has issued."""
    key = new_key()
    certificate = authority.issue(key, responder.url)
    responder.known[certificate.serial_number] = certificate
    alone, issuer = certificate_pem(certificate), certificate_pem(authority.certificate)
    return {
        "alone.pem": alone,
        "chain.pem": alone + issuer,
        "issuer.pem": issuer,
        "site-key.pem": key_pem(key),
    }


def handshake(gateway: Gateway, trusted: str) -> str:
    """Return OpenSSL's output for a handshake that asks for a stapled answer."""
    command = ["openssl", "s_client", "-status", "-servername", "localhost"]
    address = ["-connect", f"127.0.0.1:{gateway.https_port}"]
    trust = ["-CAfile", str(gateway.folder / trusted)]
    done = subprocess.run(
        [*command, *address, *trust],
        input="",
        capture_output=True,
        text=True,
        check=True,
        timeout=HANDSHAKE_SECONDS,
    )
    return done.stdout


def test_a_self_signed_certificate_staples_nothing_without_warnings(services: Services) -> None:
    with running_gateway(services) as gateway:
        assert "OCSP response: no response sent" in handshake(gateway, "certificate.pem")
        assert gateway.errors() == ""


def test_the_answer_of_the_responder_is_stapled(services: Services) -> None:
    authority = new_authority()
    with running_responder(authority) as responder:
        files = site(authority, responder)
        with running_gateway(services, CHAIN_HOLDS_THE_ISSUER, files=files) as gateway:
            # nginx asks in the background, so the first handshakes have no stapled answer.
            found = wait_for(lambda: stapled(gateway), "a stapled answer")
            assert "Cert Status: good" in found
            assert "Verify return code: 0 (ok)" in found
            assert "[warn]" not in gateway.errors()


def test_an_issuer_outside_the_chain_can_be_configured(services: Services) -> None:
    authority = new_authority()
    with running_responder(authority) as responder:
        files = site(authority, responder)
        values = {
            **CHAIN_HOLDS_THE_ISSUER,
            "TLS_CERTIFICATE": "../alone.pem",
            "TLS_TRUSTED_CERTIFICATE": "../issuer.pem",
        }
        with running_gateway(services, values, files=files) as gateway:
            assert "Cert Status: good" in wait_for(lambda: stapled(gateway), "a stapled answer")
            assert "[warn]" not in gateway.errors()


def test_an_answer_with_a_foreign_signature_is_not_stapled(services: Services) -> None:
    authority = new_authority()
    with running_responder(authority, signer=new_authority()) as responder:
        files = site(authority, responder)
        with running_gateway(services, CHAIN_HOLDS_THE_ISSUER, files=files) as gateway:

            def refused() -> bool:
                assert not stapled(gateway)
                return "OCSP_basic_verify() failed" in gateway.errors()

            wait_for(refused, "nginx to refuse the answer")


def stapled(gateway: Gateway) -> str:
    found = handshake(gateway, "issuer.pem")
    return found if "OCSP Response Status: successful" in found else ""

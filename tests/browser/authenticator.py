"""A virtual passkey device in Chromium, which confirms every request
and always verifies its user."""

import hashlib
import ssl
from base64 import b64encode
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.async_api import Page

PLATFORM_AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


async def give_authenticator(page: Page) -> None:
    """Attach a virtual authenticator to the page; passkeys that it creates stay in it."""
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("WebAuthn.enable")
    await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": PLATFORM_AUTHENTICATOR})


def trust_in(url: str) -> str:
    """Return the argument with which Chromium trusts the site's self-signed certificate.

    Ignoring certificate errors, as other tests do, is not enough: Chromium disables WebAuthn on any
    page with a certificate error, ignored or not.
    """
    parts = urlsplit(url)
    pem = ssl.get_server_certificate((parts.hostname or "", parts.port or 443))
    key = x509.load_pem_x509_certificate(pem.encode()).public_key()
    digest = hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    return f"--ignore-certificate-errors-spki-list={b64encode(digest.digest()).decode()}"

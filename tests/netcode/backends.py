"""Services that tournament needs: auth's keys and tokens, and the real history service."""

from datetime import UTC, datetime
from typing import Annotated

from litestar import Litestar, get, post
from litestar.params import Body

from tests.fixtures.cast import ISSUER, SigningKey


def keys_and_tokens(key: SigningKey) -> Litestar:
    """Return an application with auth's public keys and tokens for services."""

    @get("/api/user/.well-known/jwks.json")
    async def public_keys() -> dict[str, list[dict[str, str]]]:
        return {"keys": [key.public_jwk]}

    @post("/internal/service-tokens", status_code=200)
    async def service_token(
        data: Annotated[dict[str, str], Body(media_type="application/x-www-form-urlencoded")],
    ) -> dict[str, str | int]:
        now = int(datetime.now(UTC).timestamp())
        claims: dict[str, object] = {
            "iss": ISSUER,
            "aud": data["audience"],
            "sub": "service:tournament",
            "iat": now,
            "exp": now + 60,
        }
        return {"access_token": key.sign(claims), "token_type": "Bearer", "expires_in": 60}

    return Litestar([public_keys, service_token])

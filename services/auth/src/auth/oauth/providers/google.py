"""Google; at another address any OpenID provider."""

from auth.oauth.providers.discovery import Endpoints
from auth.oauth.providers.openid import OpenIdProvider


class Google(OpenIdProvider):
    """People by the number that Google gives them: addresses are given to others."""

    id = "google"
    name = "Google"
    endpoints = Endpoints(
        # Its documentation allows for both.
        issuers=("https://accounts.google.com", "accounts.google.com"),
        authorization="https://accounts.google.com/o/oauth2/v2/auth",
        token="https://oauth2.googleapis.com/token",  # noqa: S106 - an address
        userinfo="https://openidconnect.googleapis.com/v1/userinfo",
    )

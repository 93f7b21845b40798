"""The provider Google, or any OpenID provider at another address."""

from auth.oauth.providers.discovery import Endpoints
from auth.oauth.providers.openid import OpenIdProvider


class Google(OpenIdProvider):
    """Google as a provider; users are identified by Google's number, because addresses are reassigned."""

    id = "google"
    name = "Google"
    endpoints = Endpoints(
        # Google's documentation allows both.
        issuers=("https://accounts.google.com", "accounts.google.com"),
        authorization="https://accounts.google.com/o/oauth2/v2/auth",
        token="https://oauth2.googleapis.com/token",  # noqa: S106 - an address
        userinfo="https://openidconnect.googleapis.com/v1/userinfo",
    )

"""The three cookies that ui sets. The `__Host-` prefix makes browsers refuse them from anywhere else."""

from typing import Final, Literal, cast

from litestar.datastructures import Cookie

from ui.clients.auth import Tokens

ACCESS: Final = "__Host-access"
REFRESH: Final = "__Host-refresh"
THEME: Final = "theme"

REFRESH_COOKIE_SECONDS: Final = 30 * 24 * 3600
"""At least as long as auth honours a refresh token; auth, not the cookie, ends a session."""
THEME_COOKIE_SECONDS: Final = 365 * 24 * 3600

Theme = Literal["auto", "dark", "light"]
THEMES: Final[tuple[Theme, ...]] = ("auto", "light", "dark")


def session_cookies(tokens: Tokens) -> list[Cookie]:
    return [
        _session_cookie(ACCESS, tokens.access_token, tokens.expires_in),
        _session_cookie(REFRESH, tokens.refresh_token, REFRESH_COOKIE_SECONDS),
    ]


def cleared_cookies() -> list[Cookie]:
    return [_session_cookie(name, "", 0) for name in (ACCESS, REFRESH)]


def theme_cookie(theme: Theme) -> Cookie:
    return Cookie(
        THEME,
        theme,
        path="/",
        max_age=THEME_COOKIE_SECONDS,
        secure=True,
        httponly=True,
        samesite="lax",
    )


def theme_of(cookies: dict[str, str]) -> Theme:
    chosen = cookies.get(THEME)
    return cast("Theme", chosen) if chosen in THEMES else "auto"


def _session_cookie(name: str, value: str, seconds: int) -> Cookie:
    return Cookie(
        name, value, path="/", max_age=seconds, secure=True, httponly=True, samesite="lax"
    )

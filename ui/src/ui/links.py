"""Every address that a page links to, and what makes an address safe to send somebody back to."""

from urllib.parse import urlencode, urlsplit
from uuid import UUID


class Links:
    """The pages of the site; templates know it as `urls`."""

    landing = "/"
    register = "/register"
    sign_in = "/sign-in"
    sign_out = "/sign-out"
    theme = "/theme"
    lobby = "/lobby"
    play_computer = "/play/computer"
    play_local = "/play/local"
    play_tickets = "/play/tickets"
    play_matches = "/play/matches"

    def sign_in_and_return(self, next_path: str) -> str:
        return _with_query(self.sign_in, next=next_path)

    def register_and_return(self, next_path: str) -> str:
        return _with_query(self.register, next=next_path)

    def matches(
        self, mode: str | None = None, outcome: str | None = None, cursor: str | None = None
    ) -> str:
        return _with_query("/matches", mode=mode, outcome=outcome, cursor=cursor)

    def match(self, match_id: UUID) -> str:
        return f"/matches/{match_id}"

    def replay(self, match_id: UUID) -> str:
        return f"/matches/{match_id}/replay"


urls = Links()


def local_path(target: str | None) -> str | None:
    """Return `target` if it is a path on this site, else None.

    Browsers read `//host`, `/\\host` and a path with control characters in it as another site's address.
    """
    if not target or not target.startswith("/") or target[1:2] in {"/", "\\"}:
        return None
    if not target.isprintable() or "\\" in target:
        return None
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    return target if not parts.scheme and not parts.netloc else None


def _with_query(path: str, **parameters: str | None) -> str:
    given = {name: value for name, value in parameters.items() if value}
    return f"{path}?{urlencode(given)}" if given else path

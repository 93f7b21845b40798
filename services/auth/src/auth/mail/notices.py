"""Tells somebody that the security of their account was changed."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from auth.mail.letters import Notice
from auth.mail.post import Post
from auth.sessions.devices import device_name
from auth.sessions.live import SignedIn
from transcendence_common.caller import Caller


async def notify(  # noqa: PLR0917 - callers read like a sentence
    post: Post,
    session: AsyncSession,
    person: SignedIn,
    action: str,
    caller: Caller,
    now: datetime,
    *,
    detail: str = "",
) -> None:
    """Send the notice of an action, one of `security_log.actions`, to the person's address of now.

    An address that nobody has verified gets none: it is perhaps a stranger's.
    """
    if not person.email_verified:
        return
    letter = notice_of(person.username, action, caller, now, detail=detail)
    await post.send(session, person.email, letter)


def notice_of(
    username: str, action: str, caller: Caller, now: datetime, *, detail: str = ""
) -> Notice:
    """Return the notice to somebody who need not be the one who asks, nor be signed in."""
    return Notice(
        username=username,
        action=action,
        at=now.isoformat(),
        device=device_name(caller.user_agent),
        address=caller.address,
        detail=detail,
    )

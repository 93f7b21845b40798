"""The device of a sign-in: its display name, and whether the account has used it before."""

import hashlib
from functools import lru_cache
from uuid import UUID

from sqlalchemy import exists, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from ua_parser import parse

from auth.sessions.models import KnownDevice, Session
from transcendence_common.caller import Caller
from transcendence_common.database import TimedSession
from transcendence_common.ids import new_id

UNKNOWN_DEVICE = "Unknown device"
SOME_PROGRAM = "A program"

KNOWN_PROGRAMS = frozenset(
    {
        "Chrome",
        "Chrome Mobile",
        "Chrome Mobile WebView",
        "Chrome Mobile iOS",
        "Chromium",
        "DuckDuckGo Mobile",
        "Edge",
        "Edge Mobile",
        "Epiphany",
        "Firefox",
        "Firefox Mobile",
        "Firefox iOS",
        "HeadlessChrome",
        "Konqueror",
        "Mobile Safari",
        "Opera",
        "Opera Mobile",
        "Safari",
        "Samsung Internet",
        "Vivaldi",
        "Yandex Browser",
        "curl",
    }
)
"""Programs whose names are shown. The parser accepts any other name that a client sends, which would end up in emails
to the owner."""

KNOWN_SYSTEMS = frozenset(
    {
        "Android",
        "Chrome OS",
        "Debian",
        "Fedora",
        "FreeBSD",
        "Linux",
        "Mac OS X",
        "OpenBSD",
        "Ubuntu",
        "Windows",
        "iOS",
    }
)


@lru_cache(maxsize=1024)
def device_name(user_agent: str) -> str:
    """Return a display name for the device, such as `Firefox on Linux`, made only of names listed above, never of text
    the client chose."""
    found = parse(user_agent)
    program = found.user_agent.family if found.user_agent else None
    system = found.os.family if found.os else None
    if system not in KNOWN_SYSTEMS:
        return program if program in KNOWN_PROGRAMS else UNKNOWN_DEVICE
    return f"{program if program in KNOWN_PROGRAMS else SOME_PROGRAM} on {system}"


def device_digest(caller: Caller) -> bytes:
    """Return the digest that identifies a device: of its device token, or else of its user agent and network."""
    known_by = caller.device_token or f"{caller.user_agent}\0{caller.network}"
    return hashlib.sha256(known_by.encode(errors="replace")).digest()


async def is_known(session: AsyncSession, account_id: UUID, caller: Caller) -> bool:
    found = await session.scalar(
        select(
            exists().where(
                KnownDevice.account_id == account_id, KnownDevice.digest == device_digest(caller)
            )
        )
    )
    return bool(found)


async def has_signed_in_on(session: AsyncSession, account_id: UUID, caller: Caller) -> bool:
    """Tell whether a stored session of the account was begun on this device. Such a device has verified all required
    factors, while a device may be known through a password reset alone."""
    found = await session.scalar(
        select(
            exists().where(
                KnownDevice.account_id == account_id,
                KnownDevice.digest == device_digest(caller),
                Session.device_id == KnownDevice.id,
            )
        )
    )
    return bool(found)


async def record_sign_in_device(
    session: TimedSession, account_id: UUID, caller: Caller
) -> tuple[UUID, bool]:
    """Record the device of a sign-in; return its ID, and whether it is new to an account that has other devices.

    The caller has locked the account, so that exactly one of several parallel requests is the first.
    """
    device = KnownDevice.account_id == account_id, KnownDevice.digest == device_digest(caller)
    known_id = await session.scalar(
        update(KnownDevice)
        .where(*device)
        .values(last_seen_at=session.now)
        .returning(KnownDevice.id)
    )
    if known_id is not None:
        return known_id, False
    others = await session.scalar(select(exists().where(KnownDevice.account_id == account_id)))
    device_id = new_id()
    await session.execute(
        insert(KnownDevice).values(
            id=device_id,
            account_id=account_id,
            digest=device_digest(caller),
            first_seen_at=session.now,
            last_seen_at=session.now,
        )
    )
    return device_id, bool(others)

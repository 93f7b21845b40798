"""Which device somebody signs in with: its name for people, and whether it was seen before."""

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

UNKNOWN = "Unknown device"
SOME_PROGRAM = "A program"

PROGRAMS = frozenset(
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
"""Those with a name. The parser takes others as they call themselves, and the owner's letters would say it."""

SYSTEMS = frozenset(
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
    """Return what its owner calls it, such as `Firefox on Linux`: never a word that only its sender chose."""
    found = parse(user_agent)
    program = found.user_agent.family if found.user_agent else None
    system = found.os.family if found.os else None
    if system not in SYSTEMS:
        return program if program in PROGRAMS else UNKNOWN
    return f"{program if program in PROGRAMS else SOME_PROGRAM} on {system}"


def digest_of(caller: Caller) -> bytes:
    """Return what a device is known by; a program without a token by what it calls itself, and from where."""
    known_by = caller.device_token or f"{caller.user_agent}\0{caller.network}"
    return hashlib.sha256(known_by.encode(errors="replace")).digest()


async def is_known(session: AsyncSession, account_id: UUID, caller: Caller) -> bool:
    found = await session.scalar(
        select(
            exists().where(
                KnownDevice.account_id == account_id, KnownDevice.digest == digest_of(caller)
            )
        )
    )
    return bool(found)


async def was_let_in(session: AsyncSession, account_id: UUID, caller: Caller) -> bool:
    """Tell whether a session was begun on the device, with everything that was asked for; so long as one is kept."""
    found = await session.scalar(
        select(
            exists().where(
                KnownDevice.account_id == account_id,
                KnownDevice.digest == digest_of(caller),
                Session.device_id == KnownDevice.id,
            )
        )
    )
    return bool(found)


async def recognise(session: TimedSession, account_id: UUID, caller: Caller) -> tuple[UUID, bool]:
    """Remember a device that signed in; return it, and whether it is news to an account that has others.

    Who calls it holds the account, so of requests side by side one is the first.
    """
    device = KnownDevice.account_id == account_id, KnownDevice.digest == digest_of(caller)
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
            digest=digest_of(caller),
            first_seen_at=session.now,
            last_seen_at=session.now,
        )
    )
    return device_id, bool(others)

"""Two players become friends, challenge each other, block and unblock, and end their friendship."""

import asyncio

import httpx

from tests.browser.people import befriend, invite
from tests.logging.people import GAMES, USER, ask, id_of
from tests.platform.players import Account

LONGEST_SECONDS = 90
POLL_SECONDS = 0.1
# Points that no other player of the day chooses, or the queue would pair them.
POINTS_IN_VAIN = 11
POINTS_OF_THE_FORGOTTEN = 21


async def keep_company(one: Account, other: Account) -> str:
    """Play the story; return the ID of an invitation link that remains unused."""
    await befriend(one, other)
    await _invite_each_other(one, other)
    await _wait_in_vain(one)
    await ask(one, "PUT", f"{USER}/blocks/{other.username}")
    await ask(one, "DELETE", f"{USER}/blocks/{other.username}")
    await befriend(one, other)
    await ask(other, "DELETE", f"{USER}/friends/{one.username}")
    return await invite(one)


async def wait_and_be_forgotten(account: Account, points: int = POINTS_OF_THE_FORGOTTEN) -> None:
    """Join the queue and never return, as a player who closes the page."""
    await ask(account, "PUT", f"{GAMES}/queue", {"points": points, "rated": False})


async def _invite_each_other(one: Account, other: Account) -> None:
    for actor in (one, other):
        invitation_id = await _challenge(one, other)
        await ask(actor, "DELETE", f"{GAMES}/invitations/{invitation_id}")


async def _challenge(one: Account, other: Account) -> str:
    """Challenge a friend as soon as tournament knows of the friendship."""
    body = {"to": await id_of(other), "points": POINTS_OF_THE_FORGOTTEN, "rated": False}
    async with asyncio.timeout(LONGEST_SECONDS):
        while True:
            sent = await one.client.post(f"{GAMES}/invitations", json=body, headers=one.headers)
            if sent.status_code != httpx.codes.NOT_FOUND:
                assert sent.is_success, sent.text
                invitation_id: str = sent.json()["id"]
                return invitation_id
            await asyncio.sleep(POLL_SECONDS)


async def _wait_in_vain(account: Account) -> None:
    await wait_and_be_forgotten(account, POINTS_IN_VAIN)
    await ask(account, "DELETE", f"{GAMES}/queue")

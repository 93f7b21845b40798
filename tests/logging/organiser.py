"""An organiser and their guests run tournaments with every kind of event."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.browser.organising import ask, begun, draft, opened
from tests.platform.players import Account
from tests.tournaments.players import Player

REASON = {"reason": "A day on which everything happens."}
TWO_LIVES = "double_elimination"


async def organise(organiser: Account, *guests: Account) -> str:
    """Run several tournaments one after another; return the path of
    one that waits for check-ins."""
    await _draw_up(organiser)
    await _fill(organiser, *guests)
    await _let_come_and_go(organiser, *guests)
    await _think_again(organiser, guests[0])
    return await _expect(organiser, *guests)


async def start_late(organiser: Account, path: str) -> None:
    """Start the postponed tournament with the players who have checked in."""
    await ask(organiser, "POST", f"{path}/start")
    await ask(organiser, "POST", f"{path}/cancellation", REASON)


async def _draw_up(organiser: Account) -> None:
    path = await draft(organiser)
    await ask(organiser, "PATCH", path, {"size": 4})
    await ask(organiser, "POST", f"{path}/cancellation", REASON)


async def _fill(organiser: Account, *guests: Account) -> None:
    """Overfill a tournament; one player withdraws, another is disqualified."""
    first, second, third = guests
    path = await opened(organiser, first, second, third, size=2)
    await ask(first, "DELETE", f"{path}/entries/own")
    await ask(organiser, "PUT", f"{path}/seeding", {"method": "random"})
    await _remove(organiser, path, second)
    await ask(organiser, "POST", f"{path}/cancellation", REASON)


async def _let_come_and_go(organiser: Account, *guests: Account) -> None:
    first, second, late = guests
    path = await begun(organiser, organiser, first, second, format="swiss", size=8, rounds=3)
    await ask(late, "POST", f"{path}/entries", {})
    await ask(first, "DELETE", f"{path}/entries/own")
    await ask(first, "POST", f"{path}/return")
    await _remove(organiser, path, second)
    await ask(organiser, "POST", f"{path}/cancellation", REASON)


async def _remove(organiser: Account, path: str, guest: Account) -> None:
    entries = (await ask(organiser, "GET", f"{path}/entries"))["items"]
    [entry_id] = [each["id"] for each in entries if each["name"] == guest.username]
    await ask(organiser, "POST", f"{path}/entries/{entry_id}/disqualification", REASON)


async def _think_again(organiser: Account, guest: Account) -> None:
    """Correct the result of a double-elimination final, which then requires another match."""
    path = await begun(organiser, organiser, guest, format=TWO_LIVES, size=2)
    strengths = {organiser.username: 2, guest.username: 1}
    await asyncio.gather(
        *(
            Player(each, strengths[each.username], strengths).follow(path.removeprefix("/"))
            for each in (organiser, guest)
        )
    )
    bracket: dict[str, Any] = await ask(organiser, "GET", f"{path}/bracket")
    [final] = [each for each in bracket["pairings"] if each["section"] == "final"]
    [loser] = {final["one"], final["other"]} - {final["winner"]}
    await ask(
        organiser,
        "PUT",
        f"{path}/pairings/{final['number']}/correction",
        {"winner": loser, **REASON},
    )
    await ask(organiser, "POST", f"{path}/cancellation", REASON)


async def _expect(organiser: Account, *guests: Account) -> str:
    starts_at = datetime.now(UTC) + timedelta(minutes=10)
    path = await opened(organiser, *guests, starts_at=starts_at.isoformat(), check_in_minutes=10)
    for each in guests[1:]:
        await ask(each, "POST", f"{path}/check-in")
    return path

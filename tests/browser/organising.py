"""Tournaments created through the API, for browser tests to visit."""

from typing import Any

from tests.platform.players import Account

TOURNAMENTS = "/api/tournament/tournaments"
CUP: dict[str, object] = {
    "name": "Cup of the four winds",
    "format": "single_elimination",
    "size": 8,
    "points": 3,
}


async def ask(who: Account, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - whatever JSON says
    answer = await who.client.request(
        method, f"{TOURNAMENTS}{path}", json=body, headers=who.headers
    )
    assert answer.is_success, answer.text
    return answer.json() if answer.content else None


async def draft(organiser: Account, **wish: object) -> str:
    """Return the tournament's path, which is the same below the pages and below the API."""
    made = await ask(organiser, "POST", "", CUP | wish)
    return f"/{made['id']}"


async def opened(organiser: Account, *entering: Account, **wish: object) -> str:
    path = await draft(organiser, **wish)
    await ask(organiser, "POST", f"{path}/opening")
    for each in entering:
        await ask(each, "POST", f"{path}/entries", {})
    return path


async def begun(organiser: Account, *entering: Account, **wish: object) -> str:
    path = await opened(organiser, *entering, **wish)
    await ask(organiser, "POST", f"{path}/start")
    return path

"""`make demo`: fills the platform that `make up` runs here with players who play, until Ctrl-C."""

import argparse
import asyncio
import os
import secrets
import signal
import sys
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random
from time import monotonic
from typing import Final

import httpx

from demo import cast
from demo.matches import accept_challenges, play_rated_matches
from demo.player import DemoFailed, Platform, Player
from demo.tournaments import hold_elimination, hold_tournaments_repeatedly

JOINING_AT_ONCE: Final = 6
"""auth hashes two passwords at a time; more callers only wait longer."""
SEED: Final = 1972


def main() -> int:
    parser = argparse.ArgumentParser(prog="demo", description=__doc__)
    parser.add_argument(
        "--secrets", type=Path, required=True, help="folder that keeps the password"
    )
    try:
        asyncio.run(_run_until_stopped(_run_demo(parser.parse_args().secrets)))
    except DemoFailed as failed:
        sys.stderr.write(f"{failed}\n")
        return 1
    except httpx.TransportError:
        sys.stderr.write(
            "The platform does not answer: start it with `make up`, and keep it running\n"
        )
        return 1
    except asyncio.CancelledError:
        return 0
    return 0


async def _run_until_stopped(demo: Coroutine[None, None, None]) -> None:
    """Cancel the demo on Ctrl-C and on SIGTERM, even if the shell started this process with SIGINT ignored, as it does
    with a command in the background."""
    task = asyncio.create_task(demo)
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    await task


async def _run_demo(secrets_folder: Path) -> None:
    password = _demo_password(secrets_folder)
    async with AsyncExitStack() as clients:
        platform = await _local_platform(clients)
        begun = monotonic()
        players = await _join_all(platform, password)
        visitor, challenger = players[cast.VISITOR.name], players[cast.CHALLENGER.name]
        await _befriend(
            visitor, [challenger, *(players[role.name] for role in cast.LADDER_PLAYERS[:4])]
        )
        _print_line(
            f"{len(players)} players are here after {monotonic() - begun:.0f} s. Sign in at {platform.public_url} as "
            f"{visitor.name} with the password {password} and challenge {challenger.name}. Ctrl-C stops the players."
        )
        await asyncio.gather(*_player_activities(players))


def _player_activities(players: dict[str, Player]) -> list[Coroutine[None, None, None]]:
    random = Random(SEED)  # noqa: S311 (pauses between matches)
    challenger = players[cast.CHALLENGER.name]

    async def hold_eliminations() -> None:
        entered = [players[role.name] for role in cast.ELIMINATION_PLAYERS]
        await hold_elimination(challenger, entered)
        await hold_tournaments_repeatedly(
            challenger, entered, name="Winter Cup", format="double_elimination", points=3
        )

    return [
        accept_challenges(challenger),
        hold_eliminations(),
        hold_tournaments_repeatedly(
            challenger,
            [players[role.name] for role in cast.SWISS_PLAYERS],
            name="Friday Swiss",
            format="swiss",
            points=5,
        ),
        *(play_rated_matches(players[role.name], random) for role in cast.LADDER_PLAYERS),
    ]


async def _join_all(platform: Platform, password: str) -> dict[str, Player]:
    room = asyncio.Semaphore(JOINING_AT_ONCE)
    players = {role.name: Player(platform, role, password) for role in cast.CAST}

    async def join(player: Player) -> None:
        async with room:
            await player.sign_in_or_register()

    await asyncio.gather(*(join(each) for each in players.values()))
    return players


async def _befriend(visitor: Player, others: list[Player]) -> None:
    auth = visitor.platform.auth
    for other in others:
        # A repeated demo finds them friends already, and is refused; that is as well.
        await visitor.request(auth, "POST", f"/api/user/friends/{other.name}")
        await other.request(auth, "POST", f"/api/user/friends/{visitor.name}/accept")


async def _local_platform(clients: AsyncExitStack) -> Platform:
    async def client(variable: str, port: int) -> httpx.AsyncClient:
        url = f"http://127.0.0.1:{os.environ.get(variable) or port}"
        return await clients.enter_async_context(httpx.AsyncClient(base_url=url, timeout=30))

    gateway = os.environ.get("GATEWAY_PORT") or 8090
    return Platform(
        public_url=os.environ.get("PUBLIC_URL") or f"https://localhost:{gateway}",
        auth=await client("AUTH_PORT", 8001),
        tournament=await client("TOURNAMENT_PORT", 8003),
        mail=await client("MAIL_SINK_PORT", 8025),
    )


def _demo_password(folder: Path) -> str:
    """Return the password of all demo accounts of this clone; `make reset` deletes it together with the accounts."""
    if not folder.is_dir():
        raise DemoFailed("The platform has not been started in this clone: run `make up` first")
    path = folder / "DEMO_PASSWORD"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(12))
    return path.read_text()


def _print_line(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

"""Two people at a live match, through real sockets."""

from advanced_alchemy.extensions.litestar import SQLAlchemyAsyncConfig

from services.tournament.tests.live import wire
from services.tournament.tests.live.arena_under_test import client_at, new_match, refusal
from tests.fixtures.cast import Person
from transcendence_common.ids import new_id


async def test_a_match_begins_when_both_are_there(
    service: str, pooled_db: SQLAlchemyAsyncConfig, alice: Person, bob: Person
) -> None:
    match_id = await new_match(pooled_db, alice, bob)
    async with client_at(service, match_id, alice) as first:
        await first.has_been_in(wire.WAITING)
        async with client_at(service, match_id, bob) as second:
            for client in (first, second):
                await client.has_been_in(wire.COUNTDOWN)
                await client.has_been_in(wire.PLAYING)
            beats = [await client.beat_after(30) for client in (first, second)]
            assert beats[0][1:3] == beats[1][1:3]


async def test_strangers_and_the_anonymous_do_not_play(
    service: str, pooled_db: SQLAlchemyAsyncConfig, alice: Person, bob: Person, charlie: Person
) -> None:
    match_id = await new_match(pooled_db, alice, bob)
    assert await refusal(service, match_id, charlie) == (403, "not_your_match")
    assert await refusal(service, match_id, None) == (401, "not_signed_in")
    assert await refusal(service, new_id(), alice) == (404, "not_found")

"""Hotseat matches: tournament requests the ticket, the host submits the match, and it
is visible to no one else."""

import asyncio
from typing import Any

import pytest
from advanced_alchemy.config import SQLAlchemyAsyncConfig
from sqlalchemy.exc import IntegrityError

from contracts.history.matches import MAX_TICKET_CHARACTERS
from history.app import SERVICE_NAME
from history.matches.models import DELETED_PLAYER
from history.privacy import erasure, export
from pong.court import RULES_VERSION
from pong.log import InputLog, replay
from services.history.tests.arcade import MATCHES, Arcade, without_last_tick
from services.history.tests.erasing import erase, mentions
from services.history.tests.hotseat import (
    TICKETS,
    as_tournament,
    ask_for_ticket,
    hosted,
    record_for_tournament,
    ticket_of,
)
from services.history.tests.online import delivered
from services.history.tests.rows import MatchRow, store
from tests.fixtures.cast import ALICE, BOB, KEY, Person
from tests.fixtures.clients import refusal
from tests.fixtures.services import exported
from transcendence_common.ids import new_id

LONGEST_NAME = "👩" * 32


async def test_a_ticket_is_for_two_aliases_and_their_host(arcade: Arcade) -> None:
    answer = await ask_for_ticket(arcade, ALICE, points=5, left_name=" Ann ")
    assert answer.status_code == 201
    given = answer.json()
    claims = arcade.claims(given["ticket"])
    assert (claims.mode, claims.level, claims.points) == ("hotseat", None, 5)
    assert (claims.sub, claims.name, claims.opponent_name) == (ALICE.id, "Ann", "Ben")
    assert (given["match_id"], given["seed"]) == (str(claims.match_id), claims.seed)
    assert given["rules"] == RULES_VERSION


async def test_a_ticket_is_valid_for_a_day(arcade: Arcade) -> None:
    ticket = await ticket_of(arcade, ALICE)
    inputs = arcade.play(ticket)
    claims = arcade.claims(ticket)
    assert claims.exp - claims.iat == 24 * 60 * 60
    arcade.clock.advance(hours=23)
    assert (await arcade.send(ALICE, ticket, inputs)).status_code == 201
    late = await ticket_of(arcade, ALICE)
    inputs = arcade.play(late)
    arcade.clock.advance(hours=24)
    answer = await arcade.send(ALICE, late, inputs)
    assert refusal(answer) == (422, "ticket_expired")


async def test_two_requests_return_two_tickets_for_two_matches(arcade: Arcade) -> None:
    """Tournament decides which of them counts."""
    claims = [arcade.claims(await ticket_of(arcade, ALICE)) for _ in range(2)]
    assert claims[0].match_id != claims[1].match_id


async def test_the_record_has_two_guests_and_the_result_of_the_simulation(arcade: Arcade) -> None:
    ticket = await ticket_of(arcade, ALICE)
    inputs = arcade.play(ticket)
    answer = await arcade.send(ALICE, ticket, inputs)
    record = answer.json()
    assert (answer.status_code, record["mode"], record["level"]) == (201, "hotseat", None)
    log = InputLog(inputs["ticks"], inputs["changes"])
    outcome = replay("local", None, arcade.claims(ticket).seed, 3, log)
    scores = {"left": outcome.left_score, "right": outcome.right_score}
    for side, name in (("left", "Ann"), ("right", "Ben")):
        guest = {"player_id": None, "name": name, "kind": "guest", "score": scores[side]}
        assert record[side] == guest
    assert record["winner"] == ("left" if outcome.winner == 1 else "right")


async def test_a_claimed_score_is_not_read(arcade: Arcade) -> None:
    ticket = await ticket_of(arcade, ALICE)
    inputs = arcade.play(ticket)
    forged = {
        "ticket": ticket,
        "inputs": {**inputs, "winner": 1},
        "left_score": 3,
        "right_score": 0,
    }
    record = (await arcade.client.post(MATCHES, json=forged, headers=ALICE.headers)).json()
    log = InputLog(inputs["ticks"], inputs["changes"])
    outcome = replay("local", None, arcade.claims(ticket).seed, 3, log)
    assert (record["left"]["score"], record["right"]["score"]) == (
        outcome.left_score, outcome.right_score,
    )  # fmt: skip


async def test_a_log_that_does_not_end_the_match_is_refused(arcade: Arcade) -> None:
    ticket = await ticket_of(arcade, ALICE)
    inputs = arcade.play(ticket)
    answer = await arcade.send(ALICE, ticket, without_last_tick(inputs))
    assert refusal(answer) == (422, "log_ends_early")
    assert (await arcade.send(ALICE, ticket, inputs)).status_code == 201


async def test_submitting_the_same_log_again_returns_the_same_record(arcade: Arcade) -> None:
    ticket = await ticket_of(arcade, ALICE)
    inputs = arcade.play(ticket)
    first, again = [await arcade.send(ALICE, ticket, inputs) for _ in range(2)]
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()


async def test_parallel_submissions_of_one_log_store_it_once(busy_arcade: Arcade) -> None:
    ticket = await ticket_of(busy_arcade, ALICE)
    inputs = busy_arcade.play(ticket)
    answers = await asyncio.gather(*(busy_arcade.send(ALICE, ticket, inputs) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 200, 201]
    assert len({answer.text for answer in answers}) == 1


async def test_a_ticket_with_the_longest_names_can_be_submitted(arcade: Arcade) -> None:
    names = {"left_name": LONGEST_NAME, "right_name": LONGEST_NAME[:-1] + "x"}
    assert len(await ticket_of(arcade, ALICE, **names)) < MAX_TICKET_CHARACTERS
    record = await hosted(arcade, ALICE, **names)
    assert record["left"]["name"] == LONGEST_NAME


async def test_the_replay_reaches_the_same_end(arcade: Arcade) -> None:
    record = await hosted(arcade, ALICE)
    answer = (await arcade.get(f"{MATCHES}/{record['id']}/replay", ALICE)).json()
    log = InputLog(answer["inputs"]["ticks"], answer["inputs"]["changes"])
    outcome = replay(answer["record"]["mode"], answer["level"], answer["seed"], 3, log)
    assert (outcome.left_score, outcome.right_score) == (
        record["left"]["score"], record["right"]["score"],
    )  # fmt: skip


async def test_a_hotseat_match_is_in_no_list_and_no_statistics(arcade: Arcade) -> None:
    await hosted(arcade, ALICE)
    assert await arcade.listed(ALICE) == []
    stats = (await arcade.get(f"/api/history/players/{ALICE.id}/stats", ALICE)).json()
    assert (stats["total"]["played"], stats["by_mode"]) == (0, {})
    answer = await arcade.get(MATCHES, ALICE, mode="hotseat")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "mode")


async def test_tournament_reads_the_verified_result(arcade: Arcade) -> None:
    record = await hosted(arcade, ALICE)
    answer = await record_for_tournament(arcade, BOB, record["id"])
    assert (answer.status_code, answer.json()) == (200, record)
    online = await delivered(arcade, ALICE, BOB)
    assert (await record_for_tournament(arcade, ALICE, online["id"])).json() == online


async def test_tournament_cannot_read_unknown_matches_or_other_modes(
    arcade: Arcade,
) -> None:
    ticket = await ticket_of(arcade, ALICE)
    private = await arcade.stored(ALICE, "local")
    for match_id in (arcade.claims(ticket).match_id, private["id"], "seven"):
        answer = await record_for_tournament(arcade, ALICE, match_id)
        assert refusal(answer) == (404, "not_found")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"host_id": "Alice"}, "host_id"),
        ({"host_id": None}, "host_id"),
        ({"points": 4}, "points"),
        ({"points": "three"}, "points"),
        ({"left_name": ""}, "left_name"),
        ({"left_name": "x" * 33}, "left_name"),
        ({"left_name": 7}, "left_name"),
        ({"right_name": "B\u202eo"}, "right_name"),
        ({"right_name": None}, "right_name"),
    ],
)
async def test_a_ticket_for_invalid_settings_is_refused(
    arcade: Arcade, changes: dict[str, Any], field: str
) -> None:
    answer = await ask_for_ticket(arcade, ALICE, **changes)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}"])
async def test_a_body_that_is_no_request_is_refused(arcade: Arcade, body: bytes) -> None:
    answer = await arcade.client.post(TICKETS, content=body, headers=as_tournament(ALICE))
    assert answer.status_code == 400


async def test_a_player_cannot_request_a_hotseat_ticket(arcade: Arcade) -> None:
    body = {"mode": "hotseat", "points": 3, "opponent_name": "Ben"}
    answer = await arcade.client.post("/api/history/tickets", json=body, headers=ALICE.headers)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "mode")


async def test_matches_are_deleted_with_their_host_only(
    arcade: Arcade, db: SQLAlchemyAsyncConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasure, "MATCHES_PER_STATEMENT", 2)
    gone = Person("Xanthippe", KEY)
    records = [await hosted(arcade, gone, right_name="Socrates") for _ in range(3)]
    kept = await hosted(arcade, ALICE)
    assert (await erase(arcade, gone)).status_code == 204
    assert await mentions(db, gone.id, "Socrates", *(record["id"] for record in records)) == []
    assert await mentions(db, DELETED_PLAYER) == []
    assert await arcade.is_stored(ALICE, kept["id"])


async def test_an_erased_host_gets_no_ticket_and_cannot_submit(arcade: Arcade) -> None:
    ticket = await ticket_of(arcade, ALICE)
    inputs = arcade.play(ticket)
    await erase(arcade, ALICE)
    for answer in (await ask_for_ticket(arcade, ALICE), await arcade.send(ALICE, ticket, inputs)):
        assert refusal(answer) == (403, "player_gone")


async def test_the_export_of_the_host_has_each_match_as_its_replay_newest_first(
    arcade: Arcade, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "MATCHES_PER_READ", 2)
    records = [await hosted(arcade, ALICE) for _ in range(5)]
    await hosted(arcade, BOB)
    found = await exported(arcade.client, ALICE, SERVICE_NAME)
    assert found["hotseat_matches"] == [
        (await arcade.get(f"{MATCHES}/{record['id']}/replay", ALICE)).json()
        for record in reversed(records)
    ]
    assert found["matches"] == []


@pytest.mark.parametrize(
    ("mode", "changes"),
    [
        ("hotseat", {"host_id": None}),
        ("hotseat", {"level": "easy"}),
        ("local", {"host_id": new_id()}),
        ("online", {"host_id": new_id()}),
    ],
)
async def test_the_database_requires_a_host_for_hotseat_matches_only(
    db: SQLAlchemyAsyncConfig, mode: str, changes: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError, match="violates check constraint"):
        await store(db, _Hosted(ALICE.id, mode, changes=changes))


@pytest.mark.parametrize(
    "changes", [{"kind": "player", "player_id": new_id()}, {"kind": "ai"}, {"player_id": new_id()}]
)
async def test_the_database_requires_guests_on_both_sides(
    db: SQLAlchemyAsyncConfig, changes: dict[str, Any]
) -> None:
    class Broken(_Hosted):
        @property
        def sides(self) -> list[dict[str, Any]]:
            left, right = super().sides
            return [left, {**right, **changes}]

    with pytest.raises(IntegrityError, match="violates check constraint"):
        await store(db, Broken(ALICE.id, "hotseat"))
    await store(db, _Hosted(ALICE.id, "hotseat"))


class _Hosted(MatchRow):
    @property
    def match(self) -> dict[str, Any]:
        host_id = self.player_id if self.mode == "hotseat" else None
        return {**super().match, "host_id": host_id, **self.changes}

    @property
    def sides(self) -> list[dict[str, Any]]:
        guest = {"player_id": None, "kind": "guest"} if self.mode == "hotseat" else {}
        return [{**side, **guest} for side in super().sides]

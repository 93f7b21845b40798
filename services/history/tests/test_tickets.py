from datetime import datetime
from time import process_time
from typing import Any

import pytest

from pong.court import RULES_VERSION
from services.history.tests.arcade import TICKETS, Arcade
from tests.fixtures.cast import ALICE

VALID_AI = {"mode": "ai", "level": "hard", "points": 5}
VALID_LOCAL = {"mode": "local", "points": 11, "opponent_name": "Bo"}


async def test_a_ticket_names_its_match(arcade: Arcade) -> None:
    answer = await arcade.client.post(TICKETS, json=VALID_AI, headers=ALICE.headers)
    assert answer.status_code == 201
    given = answer.json()
    claims = arcade.claims(given["ticket"])
    assert (str(claims.match_id), claims.seed, claims.rules) == (
        given["match_id"], given["seed"], given["rules"],
    )  # fmt: skip
    assert (claims.sub, claims.name) == (ALICE.id, "Alice")
    assert (claims.mode, claims.level, claims.points) == ("ai", "hard", 5)
    assert given["rules"] == RULES_VERSION
    assert 0 <= given["seed"] < 2**32


async def test_a_ticket_is_valid_for_two_hours(arcade: Arcade) -> None:
    answer = await arcade.client.post(TICKETS, json=VALID_AI, headers=ALICE.headers)
    expires = datetime.fromisoformat(answer.json()["expires_at"])
    assert 7199 < (expires - arcade.clock.now).total_seconds() <= 7200


async def test_every_ticket_has_its_own_seed_and_match(arcade: Arcade) -> None:
    claims = [arcade.claims(await arcade.ticket(ALICE)) for _ in range(8)]
    assert len({each.seed for each in claims}) == 8
    assert len({each.match_id for each in claims}) == 8


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Bo", "Bo"),
        ("  Bo \t", "Bo"),
        ("Zoe\u0308", "Zoë"),
        ("<b>Bo</b>", "<b>Bo</b>"),
        ("x" * 32, "x" * 32),
        ("👩\u200d🚀", "👩\u200d🚀"),
    ],
)
async def test_a_guest_has_the_typed_name(arcade: Arcade, typed: str, shown: str) -> None:
    ticket = await arcade.ticket(ALICE, "local", opponent_name=typed)
    assert arcade.claims(ticket).opponent_name == shown


async def test_a_guest_without_a_name_is_called_guest(arcade: Arcade) -> None:
    assert arcade.claims(await arcade.ticket(ALICE, "local")).opponent_name == "Guest"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({**VALID_AI, "level": None}, "level"),
        ({**VALID_AI, "level": "godlike"}, "level"),
        ({**VALID_AI, "opponent_name": "Bo"}, "opponent_name"),
        ({**VALID_LOCAL, "level": "easy"}, "level"),
        ({**VALID_AI, "points": 4}, "points"),
        ({**VALID_AI, "points": "five"}, "points"),
        ({**VALID_AI, "points": True}, "points"),
        ({**VALID_AI, "mode": "online"}, "mode"),
        ({**VALID_LOCAL, "opponent_name": ""}, "opponent_name"),
        ({**VALID_LOCAL, "opponent_name": " \u200d "}, "opponent_name"),
        ({**VALID_LOCAL, "opponent_name": "x" * 33}, "opponent_name"),
        ({**VALID_LOCAL, "opponent_name": "B\u0000o"}, "opponent_name"),
        ({**VALID_LOCAL, "opponent_name": "B\no"}, "opponent_name"),
        ({**VALID_LOCAL, "opponent_name": "B\u202eo"}, "opponent_name"),
        ({**VALID_LOCAL, "opponent_name": "B\u2028o"}, "opponent_name"),
        ({**VALID_LOCAL, "opponent_name": "B" + 31 * "\u0316"}, "opponent_name"),
        ({**VALID_LOCAL, "opponent_name": "B\u200do"}, "opponent_name"),
        ({**VALID_LOCAL, "opponent_name": "Computer"}, "opponent_name"),
        ({**VALID_LOCAL, "opponent_name": "СОMРUТЕR"}, "opponent_name"),
        ({**VALID_LOCAL, "opponent_name": 7}, "opponent_name"),
    ],
)
async def test_a_match_with_invalid_settings_is_refused(
    arcade: Arcade, body: dict[str, Any], field: str
) -> None:
    answer = await arcade.client.post(TICKETS, json=body, headers=ALICE.headers)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_stacked_accents_are_too_long_and_do_not_block_the_service(
    arcade: Arcade,
) -> None:
    """Sorting the accents of one letter takes quadratic time: minutes for a megabyte."""
    body = {**VALID_LOCAL, "opponent_name": "a" + "\u0300\u0316" * 50_000}
    began = process_time()
    answer = await arcade.client.post(TICKETS, json=body, headers=ALICE.headers)
    assert process_time() - began < 1
    assert [error["field"] for error in answer.json()["errors"]] == ["opponent_name"]

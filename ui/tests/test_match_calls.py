"""Match calls of tournaments, which reach their players on every page."""

from uuid import UUID

import httpx
import pytest

from tests.stand_ins.kept_tournaments import pairing
from tests.stand_ins.tournament import StandInTournament
from tests.stand_ins.tournaments import StandInTournaments

JSON = {"Accept": "application/json"}


@pytest.fixture
def cup(tournaments: StandInTournaments) -> UUID:
    cup = tournaments.add("Zoe", "Winter <Cup>", format="swiss")
    for name in ("Alice", "Bob"):
        tournaments.enter(cup, name)
    tournaments.begin(cup, [pairing(4, 1, 2, section="round", round=2, state="called")])
    return cup


async def test_every_page_shows_the_players_and_the_deadline(
    alice: httpx.AsyncClient, cup: UUID
) -> None:
    [call] = (await alice.get("/online/calls", headers=JSON)).json()
    assert call["words"] == "Round 2 of Winter <Cup>: you play Bob."
    assert call["go_to"] == f"/tournaments/{cup}/pairings/4"
    assert 290 <= call["left"] <= 300
    assert call["until"].endswith("Z")


async def test_the_lobby_shows_the_call(alice: httpx.AsyncClient, cup: UUID) -> None:
    calls = (await alice.get("/lobby")).text.split('id="calls"')[1].split('class="lobby"')[0]
    assert "Round 2 of <bdi>Winter &lt;Cup&gt;</bdi>: you play <bdi>Bob</bdi>." in calls
    assert f'href="/tournaments/{cup}/pairings/4">I’m ready' in calls
    assert 'data-left="' in calls


async def test_a_player_who_is_ready_is_not_called_again(
    alice: httpx.AsyncClient, tournaments: StandInTournaments, cup: UUID
) -> None:
    tournaments.of(cup).pairings[0]["one_ready"] = True
    [call] = (await alice.get("/online/calls", headers=JSON)).json()
    assert call["words"].endswith("you play Bob. You’re ready.")
    assert (call["until"], call["left"]) == (None, None)
    assert "You’re ready." in (await alice.get("/lobby")).text


async def test_a_running_match_replaces_the_call(
    alice: httpx.AsyncClient,
    tournament: StandInTournament,
    tournaments: StandInTournaments,
    cup: UUID,
) -> None:
    match_id = tournament.add_match("Alice", "Bob")
    tournaments.of(cup).pairings[0] |= {"state": "playing", "match_id": str(match_id)}
    [call] = (await alice.get("/online/calls", headers=JSON)).json()
    assert (call["words"], call["go_to"]) == ("Your match has started.", f"/online/{match_id}")
    assert "Winter" not in (await alice.get("/lobby")).text.split('class="lobby"')[0]


async def test_another_match_does_not_hide_the_call(
    alice: httpx.AsyncClient,
    tournament: StandInTournament,
    cup: UUID,  # noqa: ARG001
) -> None:
    tournament.add_match("Alice", "Eve")
    calls = (await alice.get("/online/calls", headers=JSON)).json()
    assert [call["words"].split(":")[0] for call in calls] == [
        "Your match has started.",
        "Round 2 of Winter <Cup>",
    ]


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ("winners", "Round 3 of"),
        ("losers", "Losers’ round 3 of"),
        ("final", "Final of"),
        ("reset", "Second final of"),
        ("third_place", "Third-place match of"),
    ],
)
async def test_each_section_of_a_bracket_has_a_text(
    alice: httpx.AsyncClient, tournaments: StandInTournaments, cup: UUID, section: str, said: str
) -> None:
    tournaments.of(cup).pairings[0] |= {"section": section, "round": 3}
    [call] = (await alice.get("/online/calls", headers=JSON)).json()
    assert call["words"].startswith(said)


async def test_a_malformed_match_call_does_not_hide_others(
    alice: httpx.AsyncClient,
    tournament: StandInTournament,
) -> None:
    tournament.invite("Bob", "Alice")
    match_calls = "/api/tournament/tournaments/summons"
    tournament.switch.answers_at[match_calls] = b'[{"section": "plate"}]'
    calls = (await alice.get("/online/calls", headers=JSON)).json()
    assert [call["words"] for call in calls] == ["Bob challenges you."]
    lobby = (await alice.get("/lobby")).text
    assert "challenges you." in lobby
    assert "Online play is not answering" not in lobby


async def test_a_hotseat_tournament_calls_no_player(
    alice: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    cup = tournaments.add("Alice", kind="hotseat")
    for name in ("Ann", "Ben"):
        tournaments.enter(cup, name)
    tournaments.begin(cup)
    assert (await alice.get("/online/calls", headers=JSON)).json() == []

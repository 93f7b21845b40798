"""Correction of a result by the organiser, with the obstacles named."""

from datetime import UTC, datetime
from uuid import UUID

import httpx
import pytest

from tests.stand_ins.kept_tournaments import pairing
from tests.stand_ins.pairings import StandInPairings
from tests.stand_ins.tournament import StandInTournament
from tests.stand_ins.tournaments import StandInTournaments

FORM = {"winner": "2", "reason": "The connection broke at match point."}


@pytest.fixture
def cup(tournaments: StandInTournaments) -> UUID:
    """Alice's tournament, in which Bob has beaten Charlie and then lost to Dora."""
    tournament_id = tournaments.add("Alice")
    for name in ("Bob", "Charlie", "Dora"):
        tournaments.enter(tournament_id, name)
    tournaments.begin(tournament_id)
    tournaments.of(tournament_id).pairings = [
        pairing(1, 1, 2, state="over", how="played", winner=1, one_score=7, other_score=5),
        pairing(2, 1, 3, section="final", state="called"),
    ]
    return tournament_id


def path(tournament_id: UUID, number: int = 1) -> str:
    return f"/tournaments/{tournament_id}/pairings/{number}/correction"


def place(tournament_id: UUID, number: int = 1) -> str:
    return f"/tournaments/{tournament_id}/bracket#pairing-{number}"


async def test_the_form_shows_both_names_no_winner_and_the_current_result(
    alice: httpx.AsyncClient, cup: UUID
) -> None:
    answer = await alice.get(path(cup))
    assert answer.status_code == 200
    assert "Bob won 7 to 5." in answer.text
    for words in ("<bdi>Bob</bdi>", "<bdi>Charlie</bdi>", "Neither"):
        assert f"<span>{words}</span>" in answer.text
    assert f'action="{path(cup)}"' in answer.text


@pytest.mark.parametrize(("winner", "sent"), [("2", 2), ("1", 1), ("neither", 0)])
async def test_a_correction_is_applied_and_confirmed(
    alice: httpx.AsyncClient, tournaments: StandInTournaments, cup: UUID, winner: str, sent: int
) -> None:
    answer = await alice.post(path(cup), data={**FORM, "winner": winner})
    assert (answer.status_code, answer.headers["location"]) == (303, place(cup))
    corrected = tournaments.of(cup).pairings[0]
    assert (corrected["how"], corrected["winner"]) == ("decided", sent)
    assert tournaments.of(cup).notes[-1]["reason"] == FORM["reason"]
    assert "Result corrected." in (await alice.get(f"/tournaments/{cup}/bracket")).text


async def test_sending_a_correction_twice_counts_once(
    alice: httpx.AsyncClient, tournaments: StandInTournaments, cup: UUID
) -> None:
    for _ in range(2):
        answer = await alice.post(path(cup), data=FORM)
        assert answer.headers["location"] == place(cup)
    assert tournaments.of(cup).pairings[0]["winner"] == 2


async def test_following_matches_are_named_and_the_form_is_kept(
    alice: httpx.AsyncClient, pairings: StandInPairings, cup: UUID
) -> None:
    pairings.followed[1] = [2]
    answer = await alice.post(path(cup), data=FORM)
    assert answer.status_code == 409
    assert "match 2 (Bob against Dora) already followed from it" in answer.text
    assert "disqualify them" in answer.text
    assert FORM["reason"] in answer.text
    assert 'value="2"' in answer.text
    assert "<title>Check the form" in answer.text


async def test_disqualification_is_not_proposed_in_a_finished_tournament(
    alice: httpx.AsyncClient, pairings: StandInPairings, tournaments: StandInTournaments, cup: UUID
) -> None:
    pairings.followed[1] = [2]
    tournaments.of(cup).shown |= {"state": "finished", "ended_at": datetime.now(UTC).isoformat()}
    answer = await alice.post(path(cup), data=FORM)
    assert "followed from it" in answer.text
    assert "disqualify them" not in answer.text


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"winner": ""}, "Choose the winner, or neither."),
        ({"winner": "3"}, "Choose the winner, or neither."),
        ({"winner": "None"}, "Choose the winner, or neither."),
        ({"winner": "Bob"}, "Choose the winner, or neither."),
        ({"reason": "  "}, "Give a reason"),
        ({"reason": "x" * 501}, "Use at most 500 characters."),
    ],
)
async def test_missing_and_invalid_values_are_reported_at_their_fields(
    alice: httpx.AsyncClient,
    tournaments: StandInTournaments,
    cup: UUID,
    wrong: dict[str, str],
    words: str,
) -> None:
    answer = await alice.post(path(cup), data={**FORM, **wrong})
    assert answer.status_code == 400
    assert words in answer.text
    assert tournaments.of(cup).pairings[0]["how"] == "played"


async def test_an_unfinished_match_cannot_be_corrected(
    alice: httpx.AsyncClient, tournaments: StandInTournaments, cup: UUID
) -> None:
    answer = await alice.get(path(cup, 2))
    assert (answer.status_code, answer.headers["location"]) == (303, place(cup, 2))
    answer = await alice.post(path(cup, 2), data={**FORM, "winner": "3"})
    assert answer.headers["location"] == place(cup, 2)
    assert "only correct a finished match" in (await alice.get(f"/tournaments/{cup}/bracket")).text
    assert tournaments.of(cup).pairings[1]["state"] == "called"


async def test_the_page_is_not_found_for_other_players(
    alice: httpx.AsyncClient, tournaments: StandInTournaments, cup: UUID
) -> None:
    tournaments.of(cup).shown["organiser"] = {"id": str(cup), "name": "Bob"}
    assert (await alice.get(path(cup))).status_code == 404
    assert (await alice.post(path(cup), data=FORM)).status_code == 404
    assert tournaments.of(cup).pairings[0]["how"] == "played"


async def test_a_visitor_signs_in_first(browser: httpx.AsyncClient, cup: UUID) -> None:
    answer = await browser.get(path(cup))
    assert answer.headers["location"].startswith("/sign-in?next=")
    answer = await browser.post(path(cup), data=FORM)
    assert answer.headers["location"] == "/sign-in"


async def test_an_unknown_match_is_not_found(alice: httpx.AsyncClient, cup: UUID) -> None:
    assert (await alice.get(path(cup, 99))).status_code == 404
    assert (await alice.post(path(cup, 99), data=FORM)).status_code == 404


async def test_an_unavailable_tournament_service_offers_a_retry(
    alice: httpx.AsyncClient, tournament: StandInTournament, cup: UUID
) -> None:
    tournament.switch.down = True
    answer = await alice.get(path(cup))
    assert answer.status_code == 503
    assert f'href="{path(cup)}">Try again' in answer.text

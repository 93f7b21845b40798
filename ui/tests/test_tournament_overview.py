"""The first page of a tournament: its state, and the reader's next action."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx
import pytest

from tests.stand_ins.auth import StandInAuth
from tests.stand_ins.kept_tournaments import INVITATION, pairing
from tests.stand_ins.tournament import StandInTournament
from tests.stand_ins.tournaments import StandInTournaments

PART = {"HX-Request": "true", "HX-Target": "div#overview"}


def in_minutes(minutes: int) -> str:
    return (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat()


async def actions(browser: httpx.AsyncClient, tournament_id: UUID, query: str = "") -> str:
    """Return the text of the available actions; empty if there is none."""
    page = (await browser.get(f"/tournaments/{tournament_id}{query}")).text
    _, _, rest = page.partition('<section class="tournament-actions"')
    return " ".join(rest.split("</section>", maxsplit=1)[0].split())


async def sign_in_unverified(browser: httpx.AsyncClient, auth: StandInAuth) -> None:
    auth.people["Alice"].verified = False
    await browser.post("/sign-in", data={"username": "Alice", "password": "alice likes pong"})


async def test_settings_are_a_list_and_the_description_keeps_its_line_breaks(
    browser: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = tournaments.add(
        description="One.\n<script>two</script>",
        format="swiss",
        rounds=5,
        seeding="random",
        seeding_number=4711,
        ready_seconds=150,
    )
    page = " ".join((await browser.get(f"/tournaments/{tournament_id}")).text.split())
    assert "One. &lt;script&gt;two&lt;/script&gt;" in page
    for fact in ("Swiss", "7 points", "<dd> 5 </dd>", "Random, number 4711", "2.5 min"):
        assert fact in page
    assert 'href="/players/Bob"' in page
    assert f'data-tournament-stream="/api/tournament/tournaments/{tournament_id}/events"' in page


async def test_a_deleted_organiser_is_not_named(
    browser: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = tournaments.add(organiser="Bob")
    tournaments.of(tournament_id).shown["organiser"] = None
    assert "Account deleted" in (await browser.get(f"/tournaments/{tournament_id}")).text


async def test_a_visitor_is_led_through_sign_in_and_back(
    browser: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = tournaments.add(size=2)
    tournaments.enter(tournament_id, "Charlie")
    said = await actions(browser, tournament_id)
    assert "1 place left." in said
    assert f'href="/sign-in?next=%2Ftournaments%2F{tournament_id}"' in said
    assert "/enter" not in said


async def test_a_player_can_enter_with_one_button(
    alice: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = tournaments.add()
    said = await actions(alice, tournament_id)
    assert f'action="/tournaments/{tournament_id}/enter"' in said
    assert "> Enter<" in said or ">Enter<" in said
    assert said.count("<button") == 1


async def test_the_button_of_a_full_tournament_joins_the_waiting_list(
    alice: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = tournaments.add(size=2)
    for name in ("Charlie", "Dave", "Erin"):
        tournaments.enter(tournament_id, name)
    said = await actions(alice, tournament_id)
    assert "Waiting: 1." in said
    assert "Join the waiting list" in said


async def test_a_waiting_player_sees_their_position(
    alice: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = tournaments.add(size=2)
    for name in ("Charlie", "Dave", "Erin", "Frank", "Alice"):
        tournaments.enter(tournament_id, name)
    said = await actions(alice, tournament_id)
    assert "You’re 3rd on the waiting list." in said
    assert "Leave the waiting list" in said


async def test_an_unverified_player_is_led_to_verification(
    browser: httpx.AsyncClient, auth: StandInAuth, tournaments: StandInTournaments
) -> None:
    tournament_id = tournaments.add()
    await sign_in_unverified(browser, auth)
    said = await actions(browser, tournament_id)
    assert 'href="/verify"' in said
    assert "/enter" not in said


async def test_a_tournament_by_invitation_needs_the_invitation(
    alice: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = tournaments.add(visibility="link")
    assert "This tournament is by invitation" in await actions(alice, tournament_id)
    assert "Ask the organiser for a new one" in await actions(
        alice, tournament_id, "?invitation=guessed"
    )
    said = await actions(alice, tournament_id, f"?invitation={INVITATION}")
    assert f'name="invitation" value="{INVITATION}"' in said


async def test_the_invitation_is_kept_through_sign_in_and_refreshes(
    browser: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = tournaments.add(visibility="link")
    said = await actions(browser, tournament_id, f"?invitation={INVITATION}")
    assert f"next=%2Ftournaments%2F{tournament_id}%3Finvitation%3D{INVITATION}" in said
    page = (await browser.get(f"/tournaments/{tournament_id}?invitation={INVITATION}")).text
    assert f'hx-get="/tournaments/{tournament_id}?invitation={INVITATION}"' in page


async def test_an_entrant_can_leave(
    alice: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = tournaments.add()
    tournaments.enter(tournament_id, "Alice")
    said = await actions(alice, tournament_id)
    assert "You’re in." in said
    assert f'action="/tournaments/{tournament_id}/leave"' in said
    assert "/enter" not in said


@pytest.mark.parametrize(
    ("starts_in", "checked_in", "asked"),
    [(10, False, True), (20, False, False), (10, True, False), (-1, False, False)],
)
async def test_check_in_is_offered_in_its_window(
    alice: httpx.AsyncClient,
    tournaments: StandInTournaments,
    starts_in: int,
    checked_in: bool,
    asked: bool,
) -> None:
    tournament_id = tournaments.add(starts_at=in_minutes(starts_in), check_in_minutes=15)
    tournaments.enter(tournament_id, "Alice", checked_in=checked_in)
    said = await actions(alice, tournament_id)
    assert (f'action="/tournaments/{tournament_id}/check-in"' in said) == asked
    assert ("data-urgent" in said) == asked
    assert f'action="/tournaments/{tournament_id}/leave"' in said


@pytest.mark.parametrize(
    "closed",
    [
        {"registration_closes_at": "2026-01-01T00:00:00Z"},
        {"starts_at": "2026-01-01T00:00:00Z"},
    ],
)
async def test_no_button_is_offered_after_registration_has_closed(
    browser: httpx.AsyncClient, tournaments: StandInTournaments, closed: dict[str, str]
) -> None:
    said = await actions(browser, tournaments.add(**closed))
    assert "Registration is closed." in said
    assert "<a " not in said


async def test_a_called_player_is_led_to_their_match(
    alice: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = tournaments.add(format="swiss", rounds=3)
    for name in ("Charlie", "Dave", "Alice", "Erin"):
        tournaments.enter(tournament_id, name)
    tournaments.begin(tournament_id)
    said = await actions(alice, tournament_id)
    assert "Your match is ready." in said
    assert f'href="/tournaments/{tournament_id}/pairings/2"' in said
    assert "data-urgent" in said
    kept = tournaments.of(tournament_id)
    kept.pairings[1] |= {"state": "playing", "match_id": str(uuid4())}
    assert "Your match has started." in await actions(alice, tournament_id)


@pytest.mark.parametrize(
    ("format_", "words"), [("swiss", "You can rejoin"), ("round_robin", "You can’t rejoin")]
)
async def test_withdrawing_explains_its_consequences_first(
    alice: httpx.AsyncClient, tournaments: StandInTournaments, format_: str, words: str
) -> None:
    tournament_id = tournaments.add(format=format_, rounds=2)
    for name in ("Alice", "Charlie"):
        tournaments.enter(tournament_id, name)
    tournaments.begin(tournament_id, [pairing(1, 1, 2)])
    said = await actions(alice, tournament_id)
    assert "You’re playing." in said
    assert words in said
    assert said.index("<summary>Withdraw</summary>") < said.index(words)


@pytest.mark.parametrize(
    ("format_", "round_", "may"),
    [("swiss", 1, True), ("swiss", 3, False), ("double_elimination", 1, False)],
)
async def test_a_withdrawn_player_can_return_while_a_round_follows(
    alice: httpx.AsyncClient,
    tournaments: StandInTournaments,
    format_: str,
    round_: int,
    may: bool,
) -> None:
    rounds = 3 if format_ == "swiss" else None
    tournament_id = tournaments.add(format=format_, rounds=rounds)
    for name in ("Alice", "Charlie"):
        tournaments.enter(tournament_id, name)
    tournaments.begin(tournament_id, [pairing(1, 1, 2, state="over")], round=round_)
    entry = tournaments.of(tournament_id).entry_of("Alice")
    assert entry
    entry["state"] = "withdrawn"
    said = await actions(alice, tournament_id)
    assert "You’ve withdrawn." in said
    assert (f'action="/tournaments/{tournament_id}/return"' in said) == may


async def test_running_matches_can_be_watched_and_called_ones_are_shown(
    browser: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = tournaments.add()
    for name in ("Charlie", "Dave", "Erin", "Frank"):
        tournaments.enter(tournament_id, name)
    match_id = uuid4()
    pairings = [
        pairing(1, 1, 2, state="called", other_ready=True),
        pairing(2, 3, 4, state="playing", match_id=str(match_id)),
    ]
    tournaments.begin(tournament_id, pairings)
    page = " ".join((await browser.get(f"/tournaments/{tournament_id}")).text.split())
    assert page.index(f'href="/watch/{match_id}"') < page.index("<bdi>Dave</bdi> is ready")
    assert page.index("Erin") < page.index("Charlie")


async def test_some_of_many_running_matches_are_shown_and_the_rest_counted(
    browser: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = tournaments.add(size=64)
    for number in range(40):
        tournaments.enter(tournament_id, f"Player{number}")
    tournaments.begin(tournament_id)
    page = (await browser.get(f"/tournaments/{tournament_id}")).text
    assert page.count('id="on-court-') == 12
    assert "8 more in the bracket" in page


async def test_a_finished_tournament_shows_the_first_places_and_figures(
    alice: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = tournaments.add()
    for name in ("Charlie", "Alice", "Erin", "Frank", "Grace"):
        tournaments.enter(tournament_id, name)
    match_id = uuid4()
    over = {"state": "over", "how": "played"}
    pairings = [
        pairing(1, 1, 2, winner=1, one_score=7, other_score=3, **over),
        pairing(2, 3, 4, winner=3, one_score=7, other_score=6, match_id=str(match_id), **over),
        pairing(3, 1, 5, state="over", how="forfeit", winner=1),
        pairing(4, 2, 0, state="over", how="bye", winner=2),
    ]
    ended = {"state": "finished", "ended_at": in_minutes(0), "winner": "Charlie"}
    tournaments.begin(tournament_id, pairings, **ended)
    for entry, place in zip(tournaments.of(tournament_id).entries, (1, 2, 3, 3, 5), strict=True):
        entry["place"] = place
    page = " ".join((await alice.get(f"/tournaments/{tournament_id}")).text.split())
    podium = page.split('<ol class="podium">')[1].split("</ol>", maxsplit=1)[0]
    places = [podium.index(name) for name in ("Charlie", "Alice", "Erin", "Frank")]
    assert places == sorted(places)
    assert "Grace" not in podium
    numbers = page.split('<dl class="totals">')[1].split("</dl>", maxsplit=1)[0]
    for name, number in (("Players", 5), ("Matches played", 2), ("Points", 23), ("Forfeits", 1)):
        assert f'<dt>{name}</dt> <dd class="numerals"> {number} </dd>' in numbers
    assert f'href="/matches/{match_id}"><bdi>Erin 7–6 Frank</bdi>' in numbers
    assert "You came 2nd." in page


async def test_a_removed_player_is_told_where_to_find_the_reason(
    alice: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = tournaments.add()
    tournaments.enter(tournament_id, "Alice", state="disqualified", seed=None)
    said = await actions(alice, tournament_id)
    assert "The organiser removed you. The log gives the reason." in said
    assert "<button" not in said


async def test_a_final_without_players_has_no_winner(
    browser: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = tournaments.add()
    for name in ("Charlie", "Dave"):
        tournaments.enter(tournament_id, name, place=2)
    finals = [pairing(1, 1, 2, state="over", how="double_forfeit", winner=0)]
    tournaments.begin(tournament_id, finals, state="finished", ended_at=in_minutes(0))
    page = (await browser.get(f"/tournaments/{tournament_id}")).text
    assert 'data-place="1"' not in page
    assert "so there’s no winner" in page


async def test_the_refreshed_part_is_the_same_as_on_the_page(
    alice: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = tournaments.add()
    part = (await alice.get(f"/tournaments/{tournament_id}", headers=PART)).text
    assert "<html" not in part
    assert f'action="/tournaments/{tournament_id}/enter"' in part


@pytest.mark.parametrize("hidden", [{"state": "draft"}, {"kind": "hotseat", "state": "running"}])
async def test_organisers_functions_are_hidden_from_others(
    alice: httpx.AsyncClient, tournaments: StandInTournaments, hidden: dict[str, str]
) -> None:
    theirs, own = tournaments.add("Bob", **hidden), tournaments.add("Alice", **hidden)
    assert (await alice.get(f"/tournaments/{theirs}")).status_code == 404
    assert (await alice.get(f"/tournaments/{own}")).status_code == 200


async def test_a_hotseat_tournament_links_to_its_court(
    alice: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = tournaments.add("Alice", kind="hotseat", state="draft", size=2)
    for name in ("Grandma", "Grandpa"):
        tournaments.enter(tournament_id, name, rating=None)
    assert f'action="/tournaments/{tournament_id}/start"' in await actions(alice, tournament_id)
    tournaments.begin(tournament_id)
    assert f'href="/tournaments/{tournament_id}/hotseat"' in await actions(alice, tournament_id)


async def test_a_cancelled_tournament_links_to_the_reason(
    browser: httpx.AsyncClient, tournaments: StandInTournaments
) -> None:
    tournament_id = tournaments.add(state="cancelled", ended_at=in_minutes(0))
    page = (await browser.get(f"/tournaments/{tournament_id}")).text
    assert "The tournament was cancelled." in page
    assert f'href="/tournaments/{tournament_id}/log"' in page


async def test_an_unknown_tournament_has_an_error_page(browser: httpx.AsyncClient) -> None:
    assert (await browser.get(f"/tournaments/{uuid4()}")).status_code == 404


async def test_an_unavailable_tournament_service_offers_a_retry(
    browser: httpx.AsyncClient, tournaments: StandInTournaments, tournament: StandInTournament
) -> None:
    tournament_id = tournaments.add()
    tournament.switch.down = True
    answer = await browser.get(f"/tournaments/{tournament_id}")
    assert answer.status_code == 503
    assert f'href="/tournaments/{tournament_id}">Try again' in answer.text

"""Challenges to friends, and invitation links."""

from uuid import uuid4

import httpx
import pytest

from tests.stand_ins.auth import StandInAuth
from tests.stand_ins.relationships import Relationships
from tests.stand_ins.tournament import StandInTournament

WANTED = {"points": "3", "rated": "false"}


@pytest.fixture(autouse=True)
def players(auth: StandInAuth) -> None:
    for name in ("Bob", "Charlie"):
        auth.add_player(name, None)


def challenge(auth: StandInAuth, name: str = "Bob", **more: str) -> dict[str, str]:
    return {**WANTED, "to": str(auth.people[name].id), **more}


async def test_a_link_is_shown_for_sharing(
    alice: httpx.AsyncClient, tournament: StandInTournament
) -> None:
    answer = await alice.post("/online/invitations", data=WANTED)
    [invitation] = tournament.invitations
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"/invitations/{invitation['id']}",
    )
    assert (invitation["points"], invitation["rated"], invitation["invitee"]) == (3, False, None)
    page = (await alice.get(answer.headers["location"])).text
    assert f'value="https://pong.test/invitations/{invitation["id"]}" readonly' in " ".join(
        page.split()
    )
    assert f'action="/invitations/{invitation["id"]}/withdraw"' in page
    assert "/accept" not in page


async def test_a_player_with_the_link_can_accept_and_gets_to_the_court(
    alice: httpx.AsyncClient, tournament: StandInTournament
) -> None:
    invitation_id = tournament.invite("Bob", points=21)
    page = (await alice.get(f"/invitations/{invitation_id}")).text
    assert "<bdi>Bob</bdi> challenges you" in page
    assert "21 points" in page
    assert "readonly" not in page
    assert "/decline" not in page
    answer = await alice.post(f"/invitations/{invitation_id}/accept")
    [match] = tournament.matches
    assert (answer.status_code, answer.headers["location"]) == (303, f"/online/{match['id']}")


async def test_the_inviter_is_redirected_to_the_court_once_the_link_is_accepted(
    alice: httpx.AsyncClient, tournament: StandInTournament
) -> None:
    invitation_id = tournament.invite("Alice")
    match_id = tournament.add_match("Alice", "Bob", "waiting")
    tournament.invitations[0] |= {"state": "accepted", "match_id": str(match_id)}
    answer = await alice.get(f"/invitations/{invitation_id}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/online/{match_id}")
    headers = {"HX-Request": "true", "HX-Target": "div#invitation-state"}
    answer = await alice.get(f"/invitations/{invitation_id}", headers=headers)
    assert answer.headers["hx-redirect"] == f"/online/{match_id}"


async def test_a_visitor_signs_in_first_and_comes_back(
    browser: httpx.AsyncClient, tournament: StandInTournament
) -> None:
    invitation_id = tournament.invite("Bob")
    answer = await browser.get(f"/invitations/{invitation_id}")
    assert answer.headers["location"] == f"/sign-in?next=%2Finvitations%2F{invitation_id}"
    assert tournament.switch.asked == []


@pytest.mark.parametrize("over", ["over", "unknown", "of others"])
async def test_an_ended_invitation_has_an_error_page(
    alice: httpx.AsyncClient, tournament: StandInTournament, over: str
) -> None:
    invitation_id = tournament.invite("Bob", "Charlie" if over == "of others" else None)
    if over == "over":
        tournament.invitations[0]["state"] = "over"
    path = f"/invitations/{uuid4() if over == 'unknown' else invitation_id}"
    answer = await alice.get(path)
    assert answer.status_code == 410
    assert "This invitation is no longer open" in answer.text
    headers = {"HX-Request": "true", "HX-Target": "div#invitation-state"}
    assert (await alice.get(path, headers=headers)).headers["hx-redirect"] == path


async def test_a_challenge_is_sent_to_a_friend_and_leads_back(
    alice: httpx.AsyncClient, auth: StandInAuth, tournament: StandInTournament
) -> None:
    form = challenge(auth, next="/players/Bob")
    answer = await alice.post("/online/invitations", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/players/Bob")
    assert "Challenge sent." in (await alice.get("/players/Bob")).text
    assert tournament.invitations[0]["invitee"]["name"] == "Bob"


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", ""])
async def test_a_challenge_never_leads_to_another_site(
    alice: httpx.AsyncClient, auth: StandInAuth, target: str
) -> None:
    answer = await alice.post("/online/invitations", data=challenge(auth, next=target))
    assert answer.headers["location"] == "/lobby"


@pytest.mark.parametrize(
    ("before", "words"),
    [("asked", "already challenged this friend"), ("no friend", "You can only challenge friends")],
)
async def test_a_refused_challenge_is_explained(
    alice: httpx.AsyncClient,
    auth: StandInAuth,
    tournament: StandInTournament,
    before: str,
    words: str,
) -> None:
    if before == "asked":
        tournament.invite("Alice", "Bob")
    else:
        tournament.strangers.add("Bob")
    answer = await alice.post("/online/invitations", data=challenge(auth))
    assert answer.headers["location"] == "/lobby"
    assert words in (await alice.get("/lobby")).text


async def test_an_unverified_player_cannot_invite_or_accept(
    alice: httpx.AsyncClient, auth: StandInAuth, tournament: StandInTournament
) -> None:
    auth.people["Alice"].verified = False
    invitation_id = tournament.invite("Bob")
    for path in ("/online/invitations", f"/invitations/{invitation_id}/accept"):
        answer = await alice.post(path, data=WANTED)
        assert answer.headers["location"] == "/lobby"
        assert "Verify your email address" in (await alice.get("/lobby")).text
    assert tournament.matches == []


async def test_an_invitee_may_decline(
    alice: httpx.AsyncClient, tournament: StandInTournament
) -> None:
    invitation_id = tournament.invite("Bob", "Alice")
    page = (await alice.get(f"/invitations/{invitation_id}")).text
    assert f'action="/invitations/{invitation_id}/decline"' in page
    answer = await alice.post(f"/invitations/{invitation_id}/decline")
    assert answer.headers["location"] == "/lobby"
    lobby = (await alice.get("/lobby")).text
    assert "Challenge declined." in lobby
    assert "challenges you" not in lobby


async def test_withdrawing_twice_counts_once(
    alice: httpx.AsyncClient, tournament: StandInTournament
) -> None:
    invitation_id = tournament.invite("Alice")
    for _ in range(2):
        answer = await alice.post(f"/invitations/{invitation_id}/withdraw")
        assert answer.headers["location"] == "/lobby"
        assert "Invitation cancelled." in (await alice.get("/lobby")).text


async def test_accepting_too_late_or_ones_own_invitation_is_explained(
    alice: httpx.AsyncClient, tournament: StandInTournament
) -> None:
    late, own = tournament.invite("Bob"), tournament.invite("Alice")
    tournament.invitations[0]["state"] = "over"
    for invitation_id, words in (
        (late, "invitation is no longer open"),
        (own, "your own invitation"),
    ):
        answer = await alice.post(f"/invitations/{invitation_id}/accept")
        assert answer.headers["location"] == "/lobby"
        assert words in (await alice.get("/lobby")).text


@pytest.mark.parametrize("answer", ["accept", "decline", "withdraw"])
async def test_an_answer_of_a_visitor_changes_nothing(
    browser: httpx.AsyncClient, tournament: StandInTournament, answer: str
) -> None:
    invitation_id = tournament.invite("Bob", "Alice")
    sent = await browser.post(f"/invitations/{invitation_id}/{answer}")
    assert (sent.status_code, sent.headers["location"]) == (303, "/sign-in")
    assert tournament.switch.asked == []


@pytest.mark.parametrize("form", [{"points": "many"}, {"rated": "perhaps"}, {"to": "Bob"}])
async def test_an_invalid_form_is_refused(
    alice: httpx.AsyncClient, tournament: StandInTournament, form: dict[str, str]
) -> None:
    answer = await alice.post("/online/invitations", data={**WANTED, **form})
    assert answer.status_code == 400
    assert tournament.switch.asked == []


async def test_an_unavailable_tournament_service_offers_a_retry(
    alice: httpx.AsyncClient, tournament: StandInTournament
) -> None:
    invitation_id = tournament.invite("Bob")
    tournament.switch.down = True
    answer = await alice.get(f"/invitations/{invitation_id}")
    assert answer.status_code == 503
    assert f'href="/invitations/{invitation_id}">Try again' in answer.text


async def test_only_friends_can_be_challenged(
    alice: httpx.AsyncClient, auth: StandInAuth, relationships: Relationships
) -> None:
    relationships.relate("Alice", "Bob", "friends")
    assert 'href="/players/Bob#challenge"' in (await alice.get("/friends")).text
    profile = (await alice.get("/players/Bob")).text
    assert 'id="challenge"' in profile
    assert f'name="to" value="{auth.people["Bob"].id}"' in profile
    for name in ("Charlie", "Alice"):
        assert 'id="challenge"' not in (await alice.get(f"/players/{name}")).text

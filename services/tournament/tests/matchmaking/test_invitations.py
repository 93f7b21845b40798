"""Challenges to friends, and invitation links."""

import asyncio
from datetime import datetime
from typing import Any

import pytest

from services.tournament.tests.matchmaking.lobby import Guest, Lobby
from tests.fixtures.clients import refusal
from tournament.matchmaking.invitations import (
    CHALLENGE_LIFETIME,
    LINK_LIFETIME,
    MOST_OPEN_INVITATIONS,
)
from tournament.matchmaking.maintenance import EXPIRED_INVITATIONS_KEPT_FOR

OVER = (410, "invitation_over")


async def friends(lobby: Lobby) -> tuple[Guest, Guest]:
    alice, bob = lobby.guests("Alice", "Bob")
    await lobby.befriend(alice, bob)
    return alice, bob


async def test_a_challenge_is_seen_by_both_and_starts_a_match(lobby: Lobby) -> None:
    alice, bob = await friends(lobby)
    sent = await alice.invite(bob, 7, rated=False)
    assert sent.status_code == 201
    shown = sent.json()
    assert shown == {
        "id": shown["id"],
        "inviter": {"id": str(alice.id), "name": "Alice"},
        "invitee": {"id": str(bob.id), "name": "Bob"},
        "points": 7,
        "rated": False,
        "state": "open",
        "created_at": _wire(lobby.clock()),
        "expires_at": _wire(lobby.clock() + CHALLENGE_LIFETIME),
        "match_id": None,
        "actions": [{"name": "withdraw"}],
    }
    assert await alice.invitations() == {"outgoing": [shown["id"]]}
    assert await bob.invitations() == {"incoming": [shown["id"]]}
    accepted = await bob.accept(shown["id"])
    assert accepted.status_code == 201
    [match] = await lobby.matches()
    assert accepted.json() == {"match_id": str(match.id)}
    assert (match.origin, match.points, match.rated) == ("challenge", 7, False)
    assert {match.left_name, match.right_name} == {"Alice", "Bob"}
    assert await alice.match() == await bob.match() == str(match.id)
    for person in (alice, bob):
        assert await person.invitations() == {}
        seen = (await person.show(shown["id"])).json()
        assert (seen["state"], seen["match_id"]) == ("accepted", str(match.id))
        assert seen["actions"] == []


async def test_a_link_is_for_the_first_player_who_opens_it(lobby: Lobby) -> None:
    alice, bob, charlie = lobby.guests("Alice", "Bob", "Charlie")
    link = await alice.invited(None)
    assert await alice.invitations() == {"outgoing": [link]}
    assert await bob.invitations() == {}
    assert (await bob.show(link)).json()["invitee"] is None
    match_id = (await bob.accept(link)).json()["match_id"]
    [match] = await lobby.matches()
    assert (str(match.id), match.origin) == (match_id, "link")
    for person in (alice, bob):
        assert (await person.show(link)).json()["match_id"] == match_id
    assert refusal(await charlie.show(link)) == OVER
    assert refusal(await charlie.accept(link)) == OVER


async def test_accepting_again_leads_to_the_same_match(lobby: Lobby) -> None:
    alice, bob = lobby.guests("Alice", "Bob")
    link = await alice.invited(None)
    first, second = await bob.accept(link), await bob.accept(link)
    assert first.json() == second.json()
    assert len(await lobby.matches()) == 1


async def test_only_friends_can_be_challenged(lobby: Lobby) -> None:
    alice, bob, charlie = lobby.guests("Alice", "Bob", "Charlie")
    await lobby.block(charlie, alice)
    for other in (alice, bob, charlie):
        assert refusal(await alice.invite(other)) == (404, "no_such_friend")
    assert await alice.invitations() == {}


async def test_a_repeated_challenge_is_the_same_and_another_one_is_refused(lobby: Lobby) -> None:
    alice, bob = await friends(lobby)
    first = await alice.invite(bob, 5)
    again = await alice.invite(bob, 5)
    assert (again.status_code, again.json()) == (200, first.json())
    assert refusal(await alice.invite(bob, 7)) == (409, "already_invited")
    assert refusal(await alice.invite(bob, 5, rated=False)) == (409, "already_invited")
    await bob.end(first.json()["id"])
    assert (await alice.invite(bob, 7)).status_code == 201


async def test_an_expired_challenge_allows_another(lobby: Lobby) -> None:
    alice, bob = await friends(lobby)
    first = await alice.invited(bob)
    lobby.clock.advance(seconds=CHALLENGE_LIFETIME.total_seconds())
    second = await alice.invited(bob)
    assert first != second
    assert await bob.invitations() == {"incoming": [second]}


async def test_two_friends_may_challenge_each_other(lobby: Lobby) -> None:
    alice, bob = await friends(lobby)
    his, hers = await bob.invited(alice), await alice.invited(bob)
    assert await alice.invitations() == {"incoming": [his], "outgoing": [hers]}
    await alice.accept(his)
    assert refusal(await bob.accept(hers)) == (409, "already_playing")
    assert len(await lobby.matches()) == 1


async def test_open_invitations_are_limited(lobby: Lobby) -> None:
    alice = lobby.guest("Alice")
    links = [await alice.invited(None) for _ in range(MOST_OPEN_INVITATIONS)]
    assert refusal(await alice.invite(None)) == (409, "too_many_invitations_open")
    await alice.end(links[0])
    assert (await alice.invite(None)).status_code == 201
    lobby.clock.advance(seconds=LINK_LIFETIME.total_seconds())
    assert (await alice.invite(None)).status_code == 201


async def test_invitations_expire(lobby: Lobby) -> None:
    alice, bob = await friends(lobby)
    challenge, link = await alice.invited(bob), await alice.invited(None)
    lobby.clock.advance(seconds=CHALLENGE_LIFETIME.total_seconds())
    for answer in (await alice.show(challenge), await bob.show(challenge)):
        assert refusal(answer) == OVER
    assert refusal(await bob.accept(challenge)) == OVER
    assert await bob.invitations() == {}
    assert await alice.invitations() == {"outgoing": [link]}
    lobby.clock.advance(seconds=(LINK_LIFETIME - CHALLENGE_LIFETIME).total_seconds())
    assert refusal(await bob.accept(link)) == OVER
    assert await lobby.matches() == []


async def test_old_invitations_are_deleted(lobby: Lobby) -> None:
    alice, bob = await friends(lobby)
    challenge = await alice.invited(bob)
    lobby.clock.advance(
        seconds=(CHALLENGE_LIFETIME + EXPIRED_INVITATIONS_KEPT_FOR).total_seconds() - 1
    )
    await lobby.maintenance.maintain()
    assert refusal(await bob.show(challenge)) == OVER
    lobby.clock.advance(seconds=2)
    await lobby.maintenance.maintain()
    assert refusal(await bob.show(challenge)) == (404, "no_such_invitation")


@pytest.mark.parametrize("who", ["Alice", "Bob"])
async def test_either_player_may_end_a_challenge_twice(lobby: Lobby, who: str) -> None:
    alice, bob = await friends(lobby)
    challenge = await alice.invited(bob)
    for _ in range(2):
        assert (await (alice if who == "Alice" else bob).end(challenge)).status_code == 204
    for person in (alice, bob):
        assert await person.invitations() == {}
        assert refusal(await person.show(challenge)) == OVER
    assert refusal(await bob.accept(challenge)) == OVER


async def test_only_the_inviter_can_withdraw_a_link(lobby: Lobby) -> None:
    alice, bob = lobby.guests("Alice", "Bob")
    link = await alice.invited(None)
    assert refusal(await bob.end(link)) == (404, "no_such_invitation")
    assert (await alice.end(link)).status_code == 204
    assert refusal(await bob.show(link)) == OVER


async def test_an_accepted_invitation_cannot_end_its_match(lobby: Lobby) -> None:
    alice, bob = await friends(lobby)
    challenge = await alice.invited(bob)
    await bob.accept(challenge)
    assert (await alice.end(challenge)).status_code == 204
    assert await alice.match() is not None


async def test_an_inviter_cannot_accept_their_own_invitation(lobby: Lobby) -> None:
    alice, bob = await friends(lobby)
    for invitation in (await alice.invited(bob), await alice.invited(None)):
        assert refusal(await alice.accept(invitation)) == (409, "own_invitation")
        assert (await alice.show(invitation)).status_code == 200
    assert await lobby.matches() == []


@pytest.mark.parametrize("blocker", ["Alice", "Bob"])
async def test_a_block_looks_like_a_withdrawal(lobby: Lobby, blocker: str) -> None:
    alice, bob = await friends(lobby)
    challenge, link = await alice.invited(bob), await alice.invited(None)
    await lobby.block(*((alice, bob) if blocker == "Alice" else (bob, alice)))
    assert await bob.invitations() == {}
    for invitation in (challenge, link):
        assert refusal(await bob.show(invitation)) == OVER
        assert refusal(await bob.accept(invitation)) == OVER
    assert await alice.invitations() == {"outgoing": [challenge, link]}
    assert await lobby.matches() == []


async def test_each_player_sees_their_available_actions_on_an_invitation(lobby: Lobby) -> None:
    alice, bob = await friends(lobby)
    charlie, dora = lobby.guest("Charlie"), lobby.guest("Dora", verified=False)
    challenge, link = await alice.invited(bob), await alice.invited(None)
    await lobby.seat(charlie, lobby.guest("Eve"))
    for reader, invitation, actions in (
        (alice, challenge, {"withdraw": None}),
        (bob, challenge, {"accept": None, "decline": None}),
        (alice, link, {"withdraw": None}),
        (bob, link, {"accept": None}),
        (charlie, link, {"accept": "already_playing"}),
        (dora, link, {"accept": "not_verified"}),
    ):
        shown = (await reader.show(invitation)).json()["actions"]
        assert {each["name"]: each.get("why_not") for each in shown} == actions
        if why_not := actions.get("accept"):
            assert refusal(await reader.accept(invitation))[1] == why_not


async def test_an_invitation_stays_open_while_a_player_is_in_a_match(lobby: Lobby) -> None:
    alice, bob = await friends(lobby)
    charlie, dora = lobby.guests("Charlie", "Dora")
    challenge = await alice.invited(bob)
    own = await lobby.seat(bob, charlie)
    refused = await bob.accept(challenge)
    assert refusal(refused) == (409, "already_playing")
    assert refused.json()["match_id"] == str(own)
    await lobby.execute("DELETE FROM seats")
    await lobby.seat(alice, dora)
    refused = await bob.accept(challenge)
    assert refusal(refused) == (409, "already_playing")
    assert "match_id" not in refused.json()
    await lobby.execute("DELETE FROM seats")
    assert (await bob.accept(challenge)).status_code == 201


async def test_accepting_removes_both_players_from_the_queue(lobby: Lobby) -> None:
    alice, bob = await friends(lobby)
    await alice.join(3)
    await bob.join(21)
    challenge = await alice.invited(bob)
    await bob.accept(challenge)
    assert await lobby.queued() == set()


async def test_an_unverified_account_can_only_read_and_decline(lobby: Lobby) -> None:
    alice, bob = lobby.guest("Alice"), lobby.guest("Bob", verified=False)
    await lobby.befriend(alice, bob)
    challenge = await alice.invited(bob)
    assert refusal(await bob.accept(challenge)) == (403, "not_verified")
    assert (await bob.show(challenge)).status_code == 200
    assert (await bob.end(challenge)).status_code == 204


@pytest.mark.parametrize(
    "changes", [{"to": "Bob"}, {"to": 7}, {"points": 6}, {"points": None}, {"rated": None}]
)
async def test_a_malformed_invitation_is_refused(lobby: Lobby, changes: dict[str, Any]) -> None:
    alice = lobby.guest("Alice")
    body = {"to": None, "points": 5, "rated": True, **changes}
    assert refusal(await alice.ask("POST", "/invitations", body)) == (400, "invalid")
    assert await alice.invitations() == {}


async def test_the_invitee_must_be_given_explicitly(lobby: Lobby) -> None:
    alice = lobby.guest("Alice")
    answer = await alice.ask("POST", "/invitations", {"points": 5, "rated": True})
    assert refusal(answer) == (400, "invalid")


async def test_invitations_are_deleted_with_an_account(lobby: Lobby) -> None:
    alice, bob = await friends(lobby)
    his, link = await bob.invited(alice), await bob.invited(None)
    hers = await alice.invited(bob)
    await lobby.erase(bob)
    for invitation in (his, link, hers):
        assert refusal(await alice.show(invitation)) == (404, "no_such_invitation")
    assert await alice.invitations() == {}
    for answer in (await bob.invite(None), await bob.accept(await alice.invited(None))):
        assert refusal(answer) == (403, "player_gone")


async def test_twenty_parallel_requests_create_one_challenge(busy_lobby: Lobby) -> None:
    alice, bob = await friends(busy_lobby)
    answers = await asyncio.gather(*(alice.invite(bob) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1


async def test_the_limit_holds_for_parallel_invitations(busy_lobby: Lobby) -> None:
    alice = busy_lobby.guest("Alice")
    answers = await asyncio.gather(*(alice.invite(None) for _ in range(MOST_OPEN_INVITATIONS + 10)))
    assert (
        sorted(answer.status_code for answer in answers)
        == [201] * MOST_OPEN_INVITATIONS + [409] * 10
    )


async def test_one_of_twenty_parallel_acceptances_of_a_link_succeeds(busy_lobby: Lobby) -> None:
    alice = busy_lobby.guest("Alice")
    guests = [busy_lobby.guest(f"P{number}") for number in range(20)]
    link = await alice.invited(None)
    answers = await asyncio.gather(*(guest.accept(link) for guest in guests))
    assert sorted(answer.status_code for answer in answers) == [201] + [410] * 19
    assert len(await busy_lobby.matches()) == 1


async def test_twenty_parallel_acceptances_create_one_match(busy_lobby: Lobby) -> None:
    alice, bob = await friends(busy_lobby)
    challenge = await alice.invited(bob)
    answers = await asyncio.gather(*(bob.accept(challenge) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["match_id"] for answer in answers}) == 1
    assert len(await busy_lobby.matches()) == 1


async def test_parallel_withdrawal_and_acceptance_have_one_outcome(busy_lobby: Lobby) -> None:
    alice, bob = await friends(busy_lobby)
    challenge = await alice.invited(bob)
    accepted, withdrawn = await asyncio.gather(bob.accept(challenge), alice.end(challenge))
    assert withdrawn.status_code == 204
    matches = len(await busy_lobby.matches())
    assert (accepted.status_code, matches) in {(201, 1), (410, 0)}


async def test_accepting_during_matchmaking_puts_no_player_into_two_matches(
    busy_lobby: Lobby,
) -> None:
    pairs = [await friends(busy_lobby) for _ in range(8)]
    challenges = [await alice.invited(bob) for alice, bob in pairs]
    everybody = [each for pair in pairs for each in pair]
    async with asyncio.TaskGroup() as rush:
        asked = [rush.create_task(guest.join()) for guest in everybody]
        for (_, bob), challenge in zip(pairs, challenges, strict=True):
            asked.append(rush.create_task(bob.accept(challenge)))
        for _ in range(4):
            rush.create_task(busy_lobby.matchmaker.pair_waiting_players())
    assert {task.result().status_code for task in asked} <= {200, 201, 409}
    players = [each for pair in await busy_lobby.pairs() for each in pair]
    assert len(players) == len(set(players))
    assert sorted(players) == sorted(await busy_lobby.seated())


async def test_every_outcome_is_counted(lobby: Lobby) -> None:
    alice, bob = await friends(lobby)
    before = await _counts(lobby)
    await bob.end(await alice.invited(bob))
    await alice.end(await alice.invited(bob))
    await alice.invited(None)
    await bob.accept(await alice.invited(bob))
    lobby.clock.advance(seconds=(LINK_LIFETIME + EXPIRED_INVITATIONS_KEPT_FOR).total_seconds())
    await lobby.maintenance.maintain()
    after = await _counts(lobby)
    grown = {name: after[name] - before.get(name, 0) for name in after}
    assert {name: count for name, count in grown.items() if count} == {
        "challenge sent": 3,
        "challenge declined": 1,
        "challenge withdrawn": 1,
        "challenge accepted": 1,
        "link sent": 1,
        "link expired": 1,
    }


async def _counts(lobby: Lobby) -> dict[str, float]:
    found = {}
    for line in (await lobby.client.get("/metrics")).text.splitlines():
        if line.startswith("tournament_invitations_total{"):
            labels, value = line.rsplit(" ", 1)
            _, kind, _, outcome, _ = labels.split('"')
            found[f"{kind} {outcome}"] = float(value)
    return found


def _wire(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")

"""Permissions at every address of tournament."""

import httpx
import pytest

from services.tournament.tests.matchmaking.lobby import Lobby
from services.tournament.tests.tournaments.entering import entered
from services.tournament.tests.tournaments.organising import CUP, Hall
from tests.fixtures.access import (
    Access,
    access_table,
    check_forged,
    check_internal,
    documented_operations,
    internal_operations,
    operations_of,
)
from tests.fixtures.cast import ALICE
from tournament.app import SERVICE_NAME

API = "/api/tournament"

TOURNAMENTS = access_table(
    f"{API}/tournaments",
    """
operation                                       | anonymous     | unverified    | stranger         | erased
POST   /                                        | not_signed_in | not_verified  | 201              | player_gone
GET    /                                        | 200           | 200           | 200              | 200
GET    /summons                                 | not_signed_in | 200           | 200              | 200
GET    /{open}                                  | 200           | 200           | 200              | 200
PATCH  /{open}                                  | not_signed_in | not_organiser | not_organiser    | player_gone
POST   /{open}/opening                          | not_signed_in | not_organiser | not_organiser    | player_gone
POST   /{open}/start                            | not_signed_in | not_organiser | not_organiser    | not_organiser
POST   /{open}/cancellation                     | not_signed_in | not_organiser | not_organiser    | player_gone
PUT    /{open}/seeding                          | not_signed_in | not_organiser | not_organiser    | player_gone
GET    /{open}/events                           |               |               |                  |
GET    /{open}/audit                            | 200           | 200           | 200              | 200
GET    /{open}/entries                          | 200           | 200           | 200              | 200
POST   /{open}/entries                          | not_signed_in | not_verified  | 201              | player_gone
DELETE /{open}/entries/own                      | not_signed_in | 204           | 204              | 204
POST   /{open}/check-in                         | not_signed_in | not_entered   | not_entered      | player_gone
POST   /{open}/entries/{entry}/disqualification | not_signed_in | not_organiser | not_organiser    | player_gone
POST   /{running}/return                        | not_signed_in | not_entered   | not_entered      | player_gone
GET    /{running}/bracket                       | 200           | 200           | 200              | 200
POST   /{running}/pairings/{pairing}/ready      | not_signed_in | not_verified  | not_your_pairing | not_your_pairing
PUT    /{running}/pairings/{pairing}/correction | not_signed_in | not_organiser | not_organiser    | player_gone
""",
)

HOTSEAT = access_table(
    f"{API}/tournaments/{{hotseat}}/pairings/{{pairing}}",
    """
operation      | anonymous     | unverified         | stranger           | erased
POST   /ticket | not_signed_in | no_such_tournament | no_such_tournament | no_such_tournament
POST   /result | not_signed_in | no_such_tournament | no_such_tournament | no_such_tournament
""",
)

MATCHES = access_table(
    API,
    """
operation                               | anonymous     | unverified         | stranger           | erased
GET    /players/{player}/placings       | 200           | 200                | 200                | 200
GET    /pending                         | not_signed_in | 200                | 200                | 200
PUT    /queue                           | not_signed_in | not_verified       | 200                | player_gone
GET    /queue                           | not_signed_in | not_queued         | not_queued         | not_queued
DELETE /queue                           | not_signed_in | 204                | 204                | 204
POST   /invitations                     | not_signed_in | not_verified       | no_such_friend     | player_gone
GET    /invitations                     | not_signed_in | 200                | 200                | 200
GET    /invitations/{invite}            | not_signed_in | no_such_invitation | no_such_invitation | no_such_invitation
POST   /invitations/{invite}/acceptance | not_signed_in | not_verified       | no_such_invitation | player_gone
DELETE /invitations/{invite}            | not_signed_in | no_such_invitation | no_such_invitation | no_such_invitation
GET    /events                          | not_signed_in |                    |                    |
GET    /matches                         | 200           | 200                | 200                | 200
GET    /matches/current                 | not_signed_in | not_playing        | not_playing        | not_playing
GET    /matches/{match}                 | 200           | 200                | 200                | 200
""",
)

TABLE = [*TOURNAMENTS, *HOTSEAT, *MATCHES]

INTERNAL = {
    "POST /internal/player-events": "auth",
    "POST /internal/player-ties": "auth",
    "GET /internal/players/{}/export": "auth",
}
"""Internal addresses, and the only service that may call each."""

STATUSES = {
    "not_signed_in": 401,
    "not_verified": 403,
    "not_organiser": 403,
    "not_your_pairing": 403,
    "player_gone": 403,
    "not_found": 404,
    "no_such_tournament": 404,
    "no_such_entry": 404,
    "no_such_friend": 404,
    "no_such_invitation": 404,
    "not_entered": 404,
    "not_queued": 404,
    "not_playing": 404,
}


@pytest.fixture
async def access(hall: Hall) -> Access:
    """Tournaments of Olga with Ann and Ben; Gil's challenge to Fay, and a match of the two."""
    olga, ann, ben = hall.players("Olga", "Ann", "Ben")
    gone = hall.player("Gabriel")
    await hall.erase(gone)
    lobby = Lobby(hall.client, hall.db, hall.clock, hall.key)
    guest, friend = lobby.guest("Gil"), lobby.guest("Fay")
    await lobby.befriend(guest, friend)
    opened = await olga.opened()
    names = {
        "draft": await olga.created(),
        "open": opened,
        "entry": await entered(ann, opened),
        "running": await olga.started(ann, ben),
        "pairing": "1",
        "hotseat": await olga.at_home(),
        "player": str(ann.id),
        "invite": await guest.invited(friend),
        "match": str(await lobby.seat(guest, friend)),
    }
    reason = {"reason": "It rains."}
    match = {"points": 5, "rated": False}
    return Access(
        hall.client,
        hall.db,
        callers={
            "anonymous": {},
            "unverified": hall.unverified("Una").person.headers,
            "stranger": hall.player("Charlie").person.headers,
            "erased": gone.person.headers,
            "organiser": olga.person.headers,
        },
        names=names,
        bodies={
            "tournaments": CUP,
            "{open}": {"name": "Another"},
            "cancellation": reason,
            "disqualification": reason,
            "seeding": {"method": "random"},
            "entries": {"invitation": None},
            "correction": {"winner": 1, **reason},
            "queue": match,
            "invitations": {"to": str(guest.id), **match},
        },
        statuses=STATUSES,
    )


async def test_permissions_are_those_of_the_table(
    access: Access, subtests: pytest.Subtests
) -> None:
    await access.check(TABLE, subtests)


async def test_unknown_objects_are_not_found(access: Access, subtests: pytest.Subtests) -> None:
    await access.check_missing(TABLE, "organiser", subtests, known=["player", "pairing"])


async def test_drafts_and_hotseat_tournaments_of_others_are_not_found(
    access: Access, subtests: pytest.Subtests
) -> None:
    for row in [*TOURNAMENTS, *HOTSEAT]:
        if not row.names:
            continue
        for hidden in ("draft", "hotseat"):
            for caller in ("anonymous", "stranger"):
                with subtests.test(f"{row.operation}, {hidden}, {caller}"):
                    one = {row.names[0]: access.names[hidden]}
                    seen = caller == "stranger" or row.told["anonymous"] != "not_signed_in"
                    told = "no_such_tournament" if seen else "not_signed_in"
                    assert await access.told(row, caller, **one) == told


async def test_malformed_requests_are_refused(access: Access, subtests: pytest.Subtests) -> None:
    await access.check_malformed(TABLE, "organiser", API, subtests)


async def test_the_tables_have_every_operation(hall: Hall) -> None:
    assert operations_of(TABLE) == set(await documented_operations(hall.client, API))
    assert set(INTERNAL) == internal_operations(hall.app)


async def test_internal_addresses_are_for_one_service_each(
    hall: Hall, subtests: pytest.Subtests
) -> None:
    await check_internal(
        hall.client, hall.db, INTERNAL, service=SERVICE_NAME, person=ALICE, subtests=subtests
    )


async def test_forged_tokens_are_refused(
    client: httpx.AsyncClient, subtests: pytest.Subtests
) -> None:
    await check_forged(client, f"{API}/matches", ALICE, subtests)

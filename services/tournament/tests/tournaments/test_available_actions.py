"""The actions that a tournament shows its reader agree with the answers to the requests."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

import pytest

from contracts.actions import ActionName
from services.tournament.tests.tournaments.entering import (
    SWISS,
    come_back,
    disqualify,
    entered,
    entry_id_of,
    set_round,
)
from services.tournament.tests.tournaments.organising import Answer, Attendee, Hall
from tests.fixtures.clients import refusal
from transcendence_common.ids import new_id


@dataclass(frozen=True)
class Stage:
    """A tournament and its readers."""

    id: str
    orla: Attendee
    """The organiser."""
    ann: Attendee
    """An entrant, if there can be one."""
    ben: Attendee
    """The entrant's opponent."""
    eve: Attendee
    """A verified player without an entry."""
    dora: Attendee
    """An unverified player."""
    anonymous: Attendee
    """A visitor who is not signed in."""


async def draft(hall: Hall) -> Stage:
    orla, ann, ben, eve = hall.players("Orla", "Ann", "Ben", "Eve")
    anonymous, dora = hall.anonymous(), hall.unverified("Dora")
    return Stage(await orla.created(), orla, ann, ben, eve, dora, anonymous)


async def stale_draft(hall: Hall) -> Stage:
    stage = await draft(hall)
    await stage.orla.change(stage.id, starts_at=hall.in_minutes(1))
    hall.clock.advance(seconds=61)
    return stage


async def opened(hall: Hall) -> Stage:
    stage = await draft(hall)
    await stage.orla.open(stage.id)
    await entered(stage.ann, stage.id)
    return stage


async def ready_to_start(hall: Hall) -> Stage:
    stage = await opened(hall)
    await entered(stage.ben, stage.id)
    return stage


async def by_invitation(hall: Hall) -> Stage:
    stage = await draft(hall)
    await stage.orla.change(stage.id, visibility="link")
    await stage.orla.open(stage.id)
    return stage


async def check_in(hall: Hall) -> Stage:
    """Create a tournament with two entrants, of whom neither has checked in."""
    stage = await ready_to_start(hall)
    await stage.orla.change(stage.id, starts_at=hall.in_minutes(30), check_in_minutes=30)
    return stage


async def before_the_check_in(hall: Hall) -> Stage:
    stage = await ready_to_start(hall)
    await stage.orla.change(stage.id, starts_at=hall.in_minutes(31), check_in_minutes=30)
    return stage


async def registration_closed(hall: Hall) -> Stage:
    stage = await ready_to_start(hall)
    await stage.orla.change(stage.id, registration_closes_at=hall.in_minutes(1))
    hall.clock.advance(seconds=61)
    return stage


async def removed(hall: Hall) -> Stage:
    stage = await ready_to_start(hall)
    await disqualify(stage.orla, stage.id, await entry_id_of(hall, stage.id, stage.ann))
    return stage


async def running(hall: Hall) -> Stage:
    stage = await ready_to_start(hall)
    await stage.orla.start(stage.id)
    return stage


async def swiss(hall: Hall, **changes: object) -> Stage:
    stage = await draft(hall)
    await stage.orla.change(stage.id, **{**SWISS, **changes})
    await stage.orla.open(stage.id)
    for each in (stage.ann, stage.ben, *hall.players("Cleo", "Dan")):
        await entered(each, stage.id)
    await stage.orla.start(stage.id)
    return stage


async def swiss_without_room(hall: Hall) -> Stage:
    return await swiss(hall, size=4)


async def swiss_withdrawn(hall: Hall) -> Stage:
    stage = await swiss(hall)
    await stage.ann.leave(stage.id)
    return stage


async def swiss_withdrawn_in_the_last_round(hall: Hall) -> Stage:
    stage = await swiss_withdrawn(hall)
    await set_round(hall, stage.id, 4)
    return stage


async def finished(hall: Hall) -> Stage:
    stage = await running(hall)
    await disqualify(stage.orla, stage.id, await entry_id_of(hall, stage.id, stage.ben))
    return stage


async def finished_long_ago(hall: Hall) -> Stage:
    stage = await finished(hall)
    hall.clock.advance(seconds=24 * 3600 + 1)
    return stage


async def cancelled(hall: Hall) -> Stage:
    stage = await opened(hall)
    await stage.orla.cancel(stage.id)
    return stage


YES: Final = None
Actions = dict[ActionName, str | None]
MANAGED: Final[Actions] = {"change": YES, "seed": YES, "disqualify": YES, "cancel": YES}
BEGUN: Final[Actions] = {"change": "not_now", "seed": "not_now"}
OVER: Final[Actions] = {**BEGUN, "start": "not_now", "disqualify": "not_now"}
ABOUT_SOMETHING_IN_IT: Final = frozenset({"no_such_entry", "not_over"})
"""Refusals that depend on the request's object: the tournament may allow the action, but have no
such entry or result."""


def _enter(why_not: str | None) -> dict[str, Actions]:
    return {each: {"enter": why_not} for each in ("eve", "dora", "anonymous")}


OPEN_TO_ALL: Final[dict[str, Actions]] = {
    "eve": {"enter": YES},
    "dora": {"enter": "not_verified"},
    "anonymous": {"enter": "not_signed_in"},
}
SITUATIONS: Final[Mapping[Callable[[Hall], Awaitable[Stage]], Mapping[str, Actions]]] = {
    draft: {
        "orla": {
            "enter": "closed",
            "open": YES,
            **MANAGED,
            "start": "not_now",
            "disqualify": "not_now",
            "correct": "not_now",
        }
    },
    stale_draft: {
        "orla": {
            "enter": "closed",
            "open": "not_now",
            **MANAGED,
            "start": "not_now",
            "disqualify": "not_now",
            "correct": "not_now",
        }
    },
    opened: {
        **OPEN_TO_ALL,
        "ann": {"leave": YES, "check_in": "not_now"},
        "orla": {"enter": YES, **MANAGED, "start": "too_few", "correct": "not_now"},
    },
    ready_to_start: {"orla": {"enter": YES, **MANAGED, "start": YES, "correct": "not_now"}},
    by_invitation: {
        **_enter("invitation_needed"),
        "orla": {"enter": YES, **MANAGED, "start": "too_few", "correct": "not_now"},
    },
    before_the_check_in: {"ann": {"leave": YES, "check_in": "not_now"}},
    check_in: {
        **OPEN_TO_ALL,
        "ann": {"leave": YES, "check_in": YES},
        "orla": {"enter": YES, **MANAGED, "start": "too_few", "correct": "not_now"},
    },
    registration_closed: {**_enter("closed"), "ann": {"leave": YES, "check_in": "not_now"}},
    removed: {"ann": {"enter": "out"}},
    running: {
        **_enter("closed"),
        "ann": {"leave": YES},
        "orla": {"enter": "closed", **BEGUN, "disqualify": YES, "correct": YES, "cancel": YES},
    },
    swiss: {**OPEN_TO_ALL, "ann": {"leave": YES}},
    swiss_without_room: {**_enter("closed"), "ann": {"leave": YES}},
    swiss_withdrawn: {"ann": {"return": YES}},
    swiss_withdrawn_in_the_last_round: {**_enter("closed"), "ann": {"return": "not_now"}},
    finished: {
        **_enter("closed"),
        "ann": {},
        "orla": {"enter": "closed", **OVER, "correct": YES, "cancel": "not_now"},
    },
    finished_long_ago: {
        "orla": {"enter": "closed", **OVER, "correct": "not_now", "cancel": "not_now"}
    },
    cancelled: {
        **_enter("closed"),
        "ann": {},
        "orla": {"enter": "closed", **OVER, "correct": "not_now"},
    },
}


async def test_each_reader_sees_available_actions_and_reasons_for_the_others(
    hall: Hall, subtests: pytest.Subtests
) -> None:
    for situation, readers in SITUATIONS.items():
        stage = await situation(hall)
        for name, expected in readers.items():
            with subtests.test(f"{situation.__name__}: {name}"):
                assert await shown(getattr(stage, name), stage) == expected


async def test_an_action_shown_as_refused_is_refused_for_that_reason(
    hall: Hall, subtests: pytest.Subtests
) -> None:
    for situation, readers in SITUATIONS.items():
        stage = await situation(hall)
        for name, expected in readers.items():
            # A request first complains about the missing sign-in; a page shows the reason that
            # would remain after signing in.
            for action, why_not in expected.items() if name not in {"anonymous", "dora"} else ():
                if why_not is not None:
                    with subtests.test(f"{situation.__name__}: {name} {action}"):
                        answer = await request(hall, action, getattr(stage, name), stage)
                        assert refusal(answer)[1] in {why_not, *ABOUT_SOMETHING_IN_IT}


async def test_an_action_shown_as_allowed_succeeds(hall: Hall, subtests: pytest.Subtests) -> None:
    for situation, readers in SITUATIONS.items():
        for name, expected in readers.items():
            for action, why_not in expected.items():
                if why_not is None:
                    with subtests.test(f"{situation.__name__}: {name} {action}"):
                        stage = await situation(hall)
                        answer = await request(hall, action, getattr(stage, name), stage)
                        assert answer.is_success or refusal(answer)[1] in ABOUT_SOMETHING_IN_IT


async def shown(reader: Attendee, stage: Stage) -> dict[str, str | None]:
    actions = (await reader.seen(stage.id))["actions"]
    return {each["name"]: each.get("why_not") for each in actions}


async def request(hall: Hall, action: ActionName, who: Attendee, stage: Stage) -> Answer:
    entry_id = next((str(each.id) for each in await hall.entries(stage.id)), str(new_id()))
    correction = {"winner": None, "reason": "A spectator stood on the cable."}
    requests: dict[ActionName, Callable[[], Awaitable[Answer]]] = {
        "enter": partial(who.enter, stage.id, (await who.seen(stage.id))["invitation"]),
        "leave": partial(who.leave, stage.id),
        "check_in": partial(who.check_in, stage.id),
        "return": partial(come_back, who, stage.id),
        "open": partial(who.open, stage.id),
        "start": partial(who.start, stage.id),
        "change": partial(who.change, stage.id, name="Another cup"),
        "seed": partial(who.seed, stage.id, "random"),
        "disqualify": partial(disqualify, who, stage.id, entry_id),
        "correct": partial(who.ask, "PUT", f"/{stage.id}/pairings/1/correction", correction),
        "cancel": partial(who.cancel, stage.id),
    }
    return await requests[action]()

"""Live matches run in the same event loop, so expensive work is done in a thread."""

import threading
from collections.abc import Callable
from typing import ParamSpec, TypeVar
from unittest.mock import patch

from services.tournament.tests.pairings.playing import Court
from services.tournament.tests.tournaments.entering import come_back
from tournament.bracket.correction import facts_after_correction
from tournament.bracket.settling import bracket_from_facts

Asked = ParamSpec("Asked")
AnswerT = TypeVar("AnswerT")


def noting(work: Callable[Asked, AnswerT], in_loop: list[bool]) -> Callable[Asked, AnswerT]:
    """Return a function that records whether it runs in the event loop's own thread."""

    def done(*args: Asked.args, **kwargs: Asked.kwargs) -> AnswerT:
        in_loop.append(threading.current_thread() is threading.main_thread())
        return work(*args, **kwargs)

    return done


async def test_brackets_are_computed_outside_of_the_event_loop(court: Court) -> None:
    in_loop: list[bool] = []
    with (
        patch(
            "tournament.pairings.progress.bracket_from_facts", noting(bracket_from_facts, in_loop)
        ),
        patch(
            "tournament.pairings.schemas.bracket_from_facts", noting(bracket_from_facts, in_loop)
        ),
        patch(
            "tournament.pairings.correction.facts_after_correction",
            noting(facts_after_correction, in_loop),
        ),
    ):
        cup = await court.begun(4, format="swiss")
        await cup.wins(1, 1)
        await court.look()
        assert (await cup.correct(1, 3)).status_code == 200
    assert len(in_loop) > 3
    assert not any(in_loop)


async def test_repeated_withdrawals_and_returns_compute_no_bracket(court: Court) -> None:
    cup = await court.begun(5, format="swiss")
    who = cup.player(5)
    in_loop: list[bool] = []
    await who.leave(cup.id)
    with patch(
        "tournament.pairings.progress.bracket_from_facts", noting(bracket_from_facts, in_loop)
    ):
        for _ in range(3):
            assert (await come_back(who, cup.id)).status_code == 200
            assert (await who.leave(cup.id)).status_code == 204
    assert in_loop == []

"""The changes that are written when the rules give another bracket than the
rows. No database is used."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tournament.bracket.facts import Bracket, Outcome, Pairing
from tournament.pairings.difference import CallTime, Difference, compare_with_bracket
from tournament.pairings.models import CALLED, OVER, PLAYING, WAITING
from tournament.pairings.rows import PairingRow
from transcendence_common.ids import new_id

NOW = datetime(2026, 12, 6, 15, tzinfo=UTC)
BEFORE = NOW - timedelta(minutes=3)
ONLINE = CallTime(NOW, NOW + timedelta(minutes=5))
HOTSEAT = CallTime(NOW, None)


def pairing(
    number: int,
    one: int | None = 1,
    other: int | None = 2,
    *,
    outcome: Outcome | None = None,
    ready: bool = False,
) -> Pairing:
    return Pairing(
        number=number,
        section="winners",
        round=1,
        one=one,
        other=other,
        outcome=outcome,
        ready=ready,
    )


def row(number: int, one: int | None = 1, other: int | None = 2, **values: object) -> PairingRow:
    fresh = PairingRow(number, "winners", 1, one, other, WAITING)
    return fresh._replace(**values)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Case:
    rows: tuple[PairingRow, ...]
    pairings: tuple[Pairing, ...]

    def found(self, calling: CallTime = ONLINE) -> Difference:
        bracket = Bracket(pairings=self.pairings, standings=(), round=0, rounds=1, over=False)
        return compare_with_bracket(self.rows, bracket, calling)


def test_new_pairings_are_written_and_ready_ones_are_called() -> None:
    found = Case((), (pairing(1, ready=True), pairing(2, 3, None))).found()
    called = row(1, state=CALLED, called_at=NOW, deadline=ONLINE.deadline)
    assert found.written == [called, row(2, 3, None)]
    assert found.called == [called]
    assert found.concerned == {1, 2}


def test_unchanged_pairings_are_not_written() -> None:
    rows = (
        row(1, state=OVER, how="bye", winner=1, other=0, decided_at=BEFORE),
        row(2, state=CALLED, called_at=BEFORE, deadline=NOW, one_ready=True),
        row(3, state=PLAYING, match_id=new_id(), called_at=BEFORE, deadline=NOW),
        row(4, 5, None),
    )
    pairings = (
        pairing(1, other=0, outcome=Outcome("bye", 1)),
        pairing(2, ready=True),
        pairing(3, ready=True),
        pairing(4, 5, None),
    )
    found = Case(rows, pairings).found()
    assert (found.written, found.dropped, found.concerned) == ([], [], frozenset())


def test_a_call_to_other_players_starts_again() -> None:
    old = row(1, state=CALLED, called_at=BEFORE, deadline=NOW, one_ready=True, attempts=2)
    found = Case((old,), (pairing(1, 3, 2, ready=True),)).found()
    assert found.written == [row(1, 3, 2, state=CALLED, called_at=NOW, deadline=ONLINE.deadline)]
    assert found.concerned == {1, 2, 3}


def test_players_who_are_no_longer_called_are_told() -> None:
    old = row(1, state=CALLED, called_at=BEFORE, deadline=NOW)
    found = Case((old,), (pairing(1, None, 2),)).found()
    assert found.written == [row(1, None, 2)]
    assert found.concerned == {1, 2}


def test_a_reverted_outcome_is_played_again() -> None:
    old = row(1, state=OVER, how="played", winner=1, one_score=5, match_id=new_id())
    found = Case((old,), (pairing(1, ready=True),)).found()
    assert found.written == [row(1, state=CALLED, called_at=NOW, deadline=ONLINE.deadline)]


def test_a_running_match_is_kept_when_a_player_withdraws() -> None:
    match_id = new_id()
    old = row(1, state=PLAYING, match_id=match_id)
    found = Case((old,), (pairing(1, outcome=Outcome("forfeit", 2)),)).found()
    [over] = found.written
    assert over == row(1, state=OVER, how="forfeit", winner=2, decided_at=NOW, match_id=match_id)
    assert found.decided == [over]
    assert found.concerned == {1, 2}


def test_pairings_that_are_no_longer_drawn_are_deleted() -> None:
    rows = (row(1), row(2, 3, 4, state=CALLED, called_at=BEFORE, deadline=NOW))
    found = Case(rows, (pairing(1),)).found()
    assert found.dropped == [2]
    assert found.concerned == {3, 4}


def test_hotseat_pairings_are_called_one_at_a_time_without_a_deadline() -> None:
    pairings = (pairing(1, 1, None), pairing(2, 3, 4, ready=True), pairing(3, 5, 6, ready=True))
    found = Case((), pairings).found(HOTSEAT)
    assert [each.state for each in found.written] == [WAITING, CALLED, WAITING]
    assert found.called == [row(2, 3, 4, state=CALLED, called_at=NOW)]


def test_a_started_hotseat_pairing_stays_called_even_if_an_earlier_one_is_ready() -> None:
    rows = (row(1), row(2, 3, 4, state=CALLED, called_at=BEFORE, ticket="a ticket"))
    found = Case(rows, (pairing(1, ready=True), pairing(2, 3, 4, ready=True))).found(HOTSEAT)
    assert found.written == []

"""Compares the stored pairings with the bracket that follows from the rules. Pure functions."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from tournament.bracket.facts import Bracket, Pairing
from tournament.pairings.models import CALLED, OVER, PLAYING, WAITING
from tournament.pairings.rows import PairingRow


class CallTime(NamedTuple):
    """The time and deadline of pairings called now."""

    now: datetime
    deadline: datetime | None
    """None in hotseat tournaments: there is no deadline, and one pairing at a time is called."""


class Difference(NamedTuple):
    """The changes that bring the stored pairings in line with the bracket."""

    written: Sequence[PairingRow]
    dropped: Sequence[int]
    """Numbers of pairings that the bracket no longer has."""
    called: Sequence[PairingRow]
    decided: Sequence[PairingRow]
    """Pairings decided now by the rules alone."""
    concerned: frozenset[int]
    """Seeds of the players of pairings called now, or called or played before the change."""


def compare_with_bracket(
    stored: Sequence[PairingRow], bracket: Bracket, calling: CallTime
) -> Difference:
    """Return the changes that bring `stored` in line with `bracket`."""
    before = {row.number: row for row in stored}
    turns = _numbers_to_call(before, bracket, one_at_a_time=calling.deadline is None)
    wanted = [
        _wanted_row(before.get(pairing.number), pairing, calling, called=pairing.number in turns)
        for pairing in bracket.pairings
    ]
    written = [row for row in wanted if row != before.get(row.number)]
    dropped = before.keys() - {pairing.number for pairing in bracket.pairings}
    touched = [before[row.number] for row in written if row.number in before]
    touched += [before[number] for number in dropped]
    called = [row for row in written if row.state == CALLED]
    was_on = [row for row in touched if row.state in {CALLED, PLAYING}]
    return Difference(
        written=written,
        dropped=sorted(dropped),
        called=called,
        decided=[row for row in written if row.state == OVER],
        concerned=frozenset(
            seed for row in (*called, *was_on) for seed in (row.one, row.other) if seed
        ),
    )


def _numbers_to_call(
    before: dict[int, PairingRow], bracket: Bracket, *, one_at_a_time: bool
) -> frozenset[int]:
    """Return the numbers of pairings to be played now.

    A running one stays, even where an earlier one became ready since.
    """
    ready = [pairing for pairing in bracket.pairings if pairing.ready]
    if not one_at_a_time or not ready:
        return frozenset(pairing.number for pairing in ready)
    first = min(ready, key=lambda pairing: (not _is_active(before, pairing), pairing.number))
    return frozenset([first.number])


def _is_active(before: dict[int, PairingRow], pairing: Pairing) -> bool:
    row = before.get(pairing.number)
    return row is not None and row.state in {CALLED, PLAYING} and _has_same_players(row, pairing)


def _wanted_row(
    before: PairingRow | None, pairing: Pairing, calling: CallTime, *, called: bool
) -> PairingRow:
    """Return the row that a pairing should have.

    The stored row is replaced by a fresh one if its players have changed, or if the pairing has to be played again.
    """
    fresh = PairingRow(
        pairing.number, pairing.section, pairing.round, pairing.one, pairing.other, WAITING
    )
    row = before if before is not None and _has_same_players(before, pairing) else fresh
    if pairing.outcome is not None:
        return _finished_row(row, pairing, calling.now)
    if not called:
        return row if row.state == WAITING else fresh
    if row.state in {CALLED, PLAYING}:
        return row
    return fresh._replace(state=CALLED, called_at=calling.now, deadline=calling.deadline)


def _finished_row(row: PairingRow, pairing: Pairing, now: datetime) -> PairingRow:
    outcome = pairing.outcome
    assert outcome is not None  # noqa: S101 - asked of decided pairings only
    over = row._replace(
        state=OVER,
        how=outcome.how,
        winner=outcome.winner,
        one_score=outcome.one_score,
        other_score=outcome.other_score,
    )
    return over if over == row else over._replace(decided_at=now)


def _has_same_players(row: PairingRow, pairing: Pairing) -> bool:
    return (row.one, row.other) == (pairing.one, pairing.other)

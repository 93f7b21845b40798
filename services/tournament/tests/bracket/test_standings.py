"""Standings of round robin and Swiss, checked by hand and by a second calculation."""

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.tournament.tournaments import TournamentFormat
from services.tournament.tests.bracket.course import Course, players_of, setup_for, won_by
from tests.fixtures.examples import examples
from tournament.bracket.facts import NOBODY, Bracket, Facts, Outcome, Pairing
from tournament.bracket.settling import bracket_from_facts

CIRCLE_OF_FOUR = setup_for("round_robin", 4)
"""The order of matches: 1-4, 2-3, 1-3, 4-2, 1-2, 3-4."""
EVERYBODY_BEATS_THE_NEXT = (1, 2, 3, 2, 1, 3)
"""The winners: 1 beats 2, 2 beats 3, 3 beats 1, and all three beat 4."""


def won_in_turn(*winners: int) -> dict[int, Outcome]:
    pairings = bracket_from_facts(Facts(setup=CIRCLE_OF_FOUR)).pairings
    return {
        each.number: won_by(each, winner, lost_with=1)
        for each, winner in zip(pairings, winners, strict=True)
    }


def table(bracket: Bracket) -> list[tuple[int, int | None, int]]:
    return [(each.entrant, each.place, each.score) for each in bracket.standings]


def test_two_level_players_are_separated_by_their_own_match() -> None:
    outcomes = won_in_turn(1, 2, 1, 4, 2, 3)
    bracket = bracket_from_facts(Facts(setup=CIRCLE_OF_FOUR, outcomes=outcomes))
    assert table(bracket) == [(2, 1, 2), (1, 2, 2), (3, 3, 1), (4, 4, 1)]


def test_inseparable_players_share_a_place() -> None:
    outcomes = won_in_turn(*EVERYBODY_BEATS_THE_NEXT)
    bracket = bracket_from_facts(Facts(setup=CIRCLE_OF_FOUR, outcomes=outcomes))
    assert table(bracket) == [(1, 1, 2), (2, 1, 2), (3, 1, 2), (4, 4, 0)]
    assert [each.direct for each in bracket.standings] == [1, 1, 1, 0]


def test_the_difference_of_points_in_played_matches_decides_last() -> None:
    outcomes = won_in_turn(*EVERYBODY_BEATS_THE_NEXT)
    # Forfeited at 1 to 4: points of a forfeited match do not count.
    outcomes[4] = Outcome("forfeit", 2, 1, 4)
    outcomes[6] = Outcome("played", 3, 5, 4)
    bracket = bracket_from_facts(Facts(setup=CIRCLE_OF_FOUR, outcomes=outcomes))
    assert [(each.entrant, each.place, each.difference) for each in bracket.standings] == [
        (1, 1, 4),
        (3, 2, 1),
        (2, 3, 0),
        (4, 4, -5),
    ]


def test_swiss_of_five_with_byes_by_hand() -> None:
    course = Course(setup_for("swiss", 5, rounds=3))
    for round_, winners in enumerate([(1, 2), (1, 3), (1, 5)], start=1):
        for each in course.ready():
            course.report(each.number, won_by(each, ({*winners} & {*players_of(each)}).pop()))
        assert course.bracket.round == min(round_ + 1, 3)
    assert [(each.one, each.other) for each in course.bracket.pairings] == [
        (1, 3),
        (2, 4),
        (5, NOBODY),
        (1, 2),
        (5, 3),
        (4, NOBODY),
        (1, 4),
        (2, 5),
        (3, NOBODY),
    ]
    assert [
        (each.entrant, each.place, each.score, each.direct, each.buchholz, each.sonneborn)
        for each in course.bracket.standings
    ] == [
        (1, 1, 3, 0, 2 + 1 + 1, 2 + 1 + 1),
        (3, 2, 2, 1, 3 + 2 + 2, 2 + 2),
        (5, 3, 2, 0, 2 + 2 + 1, 2 + 1),
        (2, 4, 1, 1, 1 + 3 + 2, 1),
        (4, 5, 1, 0, 1 + 1 + 3, 1),
    ]


def test_late_entry_and_withdrawal_by_hand() -> None:
    """4 enters after the first round, 3 withdraws before the last."""
    course = Course(setup_for("swiss", 3, rounds=3))
    course.come_late()
    for winners in [(1,), (1, 4), (1, 2)]:
        for each in course.ready():
            if {*players_of(each)} == {2, 3}:
                course.go(3)
            else:
                course.report(each.number, won_by(each, ({*winners} & {*players_of(each)}).pop()))
    assert course.bracket.over
    assert [
        (each.entrant, each.place, each.score, each.direct, each.buchholz, each.difference)
        for each in course.bracket.standings
    ] == [
        (1, 1, 3, 0, 1 + 1 + 1, 6),
        (4, 2, 1, 0, 1 + 1 + 3, 0),
        (3, 3, 1, 0, 1 + 3 + 1, -2),
        (2, 4, 1, 0, 3 + 1 + 1, -4),
    ]


@given(
    st.sampled_from(["round_robin", "swiss"]),
    st.integers(2, 24),
    st.integers(1, 2),
    st.integers(0, 2**32),
    st.integers(0, 150),
)
@settings(max_examples=examples(60))
def test_the_standings_agree_with_another_calculation(
    format_: TournamentFormat, entrants: int, rounds: int, seed: int, steps: int
) -> None:
    more = 1 if format_ == "round_robin" else 3
    course = Course(setup_for(format_, entrants, rounds=rounds * more), seed)
    for _, _ in zip(range(steps), course.play_with_absences(), strict=False):
        pass
    another = AnotherCalculation(course.bracket)
    for each in course.bracket.standings:
        assert another.ranks[each.entrant] == (
            each.score,
            each.direct,
            each.buchholz,
            each.sonneborn,
            each.difference,
        )
        better = [rank for rank in another.ranks.values() if rank > another.ranks[each.entrant]]
        assert each.place == 1 + len(better)
    assert [each.place for each in course.bracket.standings] == sorted(
        each.place or 0 for each in course.bracket.standings
    )


class AnotherCalculation:
    """A calculation by round and entrant that looks at all pairings each time."""

    def __init__(self, bracket: Bracket) -> None:
        self.bracket = bracket
        self.entrants = [each.entrant for each in bracket.standings]
        self.ranks = {each: self.rank(each) for each in self.entrants}

    def rank(self, entrant: int) -> tuple[int, ...]:
        own = self.score(entrant)
        level = [each for each in self.entrants if self.score(each) == own]
        all_met = all(self.between(a, b) for a in level for b in level if a != b)
        among = [won for b in level if b != entrant for won in self.between(entrant, b)]
        opponents: list[int] = []
        beaten: list[int] = []
        difference = 0
        for pairing in self.of(entrant):
            opponent = self.opponent(entrant, pairing)
            worth = self.score(opponent) if opponent else own
            if pairing.outcome is not None:
                opponents.append(worth)
                beaten += [worth] if pairing.outcome.winner == entrant else []
                difference += self.difference(entrant, pairing)
        rounds = {pairing.round for pairing in self.of(entrant)}
        free = {*range(1, self.bracket.round + 1)} - rounds
        return (
            own,
            sum(among) if all_met else 0,
            sum(opponents) + own * len(free),
            sum(beaten),
            difference,
        )

    def of(self, entrant: int) -> list[Pairing]:
        return [each for each in self.bracket.pairings if entrant in {each.one, each.other}]

    def opponent(self, entrant: int, pairing: Pairing) -> int:
        return (pairing.one or 0) + (pairing.other or 0) - entrant

    def score(self, entrant: int) -> int:
        return sum(
            each.outcome is not None and each.outcome.winner == entrant for each in self.of(entrant)
        )

    def between(self, entrant: int, other: int) -> list[bool]:
        return [
            each.outcome.winner == entrant
            for each in self.of(entrant)
            if other in {each.one, each.other} and each.outcome is not None
        ]

    def difference(self, entrant: int, pairing: Pairing) -> int:
        if pairing.outcome is None or pairing.outcome.how != "played":
            return 0
        made = pairing.outcome.one_score - pairing.outcome.other_score
        return made if entrant == pairing.one else -made

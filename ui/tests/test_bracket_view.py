"""The rounds of a bracket on a page, as a tree or as lists, and their texts."""

from uuid import UUID

import pytest

from contracts.tournament.tournaments import (
    BracketDetails,
    OutcomeKind,
    PairingDetails,
    PairingState,
)
from tests.stand_ins.brackets import (
    TOURNAMENT_ID,
    bracket,
    crowd,
    entrants,
    own,
    pairing,
    single_elimination,
    standing,
    swiss,
    tournament,
)
from ui.tournaments.bracket_cards import Card
from ui.tournaments.bracket_rounds import MOST_OPENED, SHOWN_OF_LONG_ROUND
from ui.tournaments.bracket_view import BracketView, bracket_view

MATCH = UUID("018f0000-0000-7000-8000-00000000000a")
CORRECTS = [{"name": "correct"}]


def view(shown: BracketDetails, *show: str, find: str = "", **values: object) -> BracketView:
    return bracket_view(tournament(**values), shown, find=find, show=show)


def card(one: PairingDetails, **values: object) -> Card:
    shown = bracket("round_robin", entrants(["Alice", "Bob"]), [one])
    [round_] = view(shown, find="", **values).rounds
    [found] = round_.cards
    return found


def round_1(**values: object) -> PairingDetails:
    return pairing(1, 1, 2, section="round", **values)  # type: ignore[arg-type]


def titles(shown: BracketView) -> dict[str, list[str]]:
    return {region.key: [each.title for each in region.columns] for region in shown.regions}


def early(shown: BracketView) -> list[str]:
    return [each.title for region in shown.regions for each in region.early]


def shown_cards(shown: BracketView) -> list[Card]:
    columns = [column.cards for region in shown.regions for column in region.columns]
    lists = [each.cards for region in shown.regions for each in region.early]
    return [
        each for group in (*columns, *lists, *(it.cards for it in shown.rounds)) for each in group
    ]


def test_eight_players_are_a_tree_of_three_columns() -> None:
    shown = view(single_elimination(8))
    assert titles(shown) == {"winners": ["Quarter-finals", "Semi-finals", "Final"]}
    assert [(c.joined, c.joins) for c in shown.regions[0].columns] == [
        ("", "pairs"),
        ("pairs", "pairs"),
        ("pairs", ""),
    ]
    assert early(shown) == []
    assert not shown.folded


def test_byes_keep_their_place_without_a_match() -> None:
    first, second, _ = view(single_elimination(5)).regions[0].columns
    assert [each.kind for each in first.cards] == ["bye", "match", "bye", "bye"]
    assert [each.one.name for each in first.cards if each.kind == "bye"] == [
        "Player 1",
        "Player 2",
        "Player 3",
    ]
    assert [(each.one.name, each.other.name) for each in second.cards] == [
        ("Player 1", ""),
        ("Player 2", "Player 3"),
    ]


def test_two_players_play_a_final() -> None:
    assert titles(view(single_elimination(2))) == {"winners": ["Final"]}


def test_a_thousand_players_have_a_tree_of_the_last_five_rounds() -> None:
    shown = view(single_elimination(1024))
    assert titles(shown) == {
        "winners": ["Round of 32", "Round of 16", "Quarter-finals", "Semi-finals", "Final"]
    }
    first, *rest = shown.regions[0].early
    assert [each.title for each in rest] == [
        "Round of 512",
        "Round of 256",
        "Round of 128",
        "Round of 64",
    ]
    assert (first.title, first.progress) == ("Round of 1024", "0 of 512 matches over")
    assert (first.opened, len(first.cards), first.left_out) == (True, SHOWN_OF_LONG_ROUND, 488)
    assert [(each.opened, each.cards) for each in rest] == [(False, [])] * 4
    assert shown.folded


@pytest.mark.parametrize("size", [2, 3, 5, 8, 33, 64, 100, 1024])
@pytest.mark.parametrize("double", [False, True])
def test_an_open_bracket_has_every_match_once(size: int, double: bool) -> None:
    made = single_elimination(size, double=double and size > 2)
    shown = view(made, "all")
    numbers = [each.number for each in shown_cards(shown) if each.kind == "match"]
    assert len(numbers) == len(set(numbers))
    wanted = {each.number for each in made.pairings if 0 not in (each.one, each.other)}
    assert set(numbers) == wanted
    assert not shown.folded


@pytest.mark.parametrize("size", [5, 8, 33, 64, 100, 1024])
def test_each_column_is_half_of_the_previous_one_and_fits_on_a_screen(size: int) -> None:
    [region] = view(single_elimination(size)).regions
    heights = [len(each.cards) for each in region.columns]
    assert heights[0] <= 16
    assert heights == [2**power for power in range(len(heights) - 1, -1, -1)]


def test_double_elimination_has_two_trees_and_a_final() -> None:
    shown = view(single_elimination(8, double=True))
    assert titles(shown) == {
        "winners": ["Round 1", "Round 2", "Winners’ final"],
        "losers": ["Losers’ round 1", "Losers’ round 2", "Losers’ round 3", "Losers’ final"],
        "final": ["Final", "Second final"],
    }
    losers = shown.regions[1].columns
    assert [each.joins for each in losers] == ["lines", "pairs", "lines", ""]
    assert [region.titled for region in shown.regions] == [True, True, False]


def test_an_unnecessary_second_final_is_not_shown() -> None:
    made = single_elimination(4, double=True)
    made.pairings[-1] = pairing(len(made.pairings), 0, 0, section="reset", how="unneeded", winner=0)
    assert titles(view(made))["final"] == ["Final"]


def test_a_tree_does_not_begin_with_empty_rounds() -> None:
    empty = pairing(3, 0, 0, section="losers", how="empty", winner=0)
    real = pairing(4, 1, 2, section="losers", round_=2)
    shown = view(bracket("double_elimination", crowd(4), [empty, real]))
    assert titles(shown) == {"losers": ["Losers’ final"]}


def test_a_pairing_without_players_keeps_its_place() -> None:
    both_gone = pairing(1, 0, 0, how="empty", winner=0)
    real = pairing(2, 1, 2)
    shown = view(bracket("single_elimination", crowd(2), [both_gone, real]))
    assert [each.kind for each in shown_cards(shown)] == ["blank", "match"]


def test_the_match_for_the_third_place_is_separate() -> None:
    made = single_elimination(4)
    made.pairings.append(pairing(9, None, None, section="third_place"))
    assert titles(view(made)) == {
        "winners": ["Semi-finals", "Final"],
        "third-place": ["Third place"],
    }


def test_a_requested_round_has_all_its_matches() -> None:
    first, second, *_ = view(single_elimination(1024), "winners-2").regions[0].early
    assert first.left_out == 488
    assert (second.opened, second.asked, len(second.cards), second.left_out) == (True, True, 256, 0)


@pytest.mark.parametrize("nonsense", ["winners-99", "", "<b>", "standing", "winners_1"])
def test_an_unknown_round_is_ignored(nonsense: str) -> None:
    made = single_elimination(1024)
    assert view(made, nonsense).regions == view(made).regions
    assert view(made, nonsense, "winners-2").shown == ["winners-2"]


def test_running_matches_of_a_large_round_are_shown_first() -> None:
    made = swiss(1024, 2)
    on_court = made.pairings[-1]
    made.pairings[-1] = pairing(
        on_court.number,
        on_court.one,
        on_court.other,
        section="round",
        round_=2,
        state="playing",
        match_id=MATCH,
    )
    current = view(made).rounds[0]
    assert current.cards[0].number == on_court.number
    assert len(current.cards) == SHOWN_OF_LONG_ROUND


def test_a_small_current_round_is_shown_completely() -> None:
    current, before, _ = view(swiss(2 * MOST_OPENED, 3)).rounds
    assert (len(current.cards), current.left_out) == (MOST_OPENED, 0)
    assert (len(before.cards), before.left_out) == (0, MOST_OPENED)


def test_many_byes_are_counted_and_named_on_request() -> None:
    made = single_elimination(513)
    first = view(made).regions[0].early[0]
    assert (len(first.cards), len(first.byes), first.free) == (1, 0, 511)
    assert len(view(made, "winners-1").regions[0].early[0].byes) == 511


def test_the_current_round_is_first_then_past_and_future_ones() -> None:
    made = bracket(
        "round_robin",
        crowd(4),
        [
            pairing(
                n,
                1,
                2,
                section="round",
                round_=n,
                how="played" if n < 3 else None,
                winner=1 if n < 3 else None,
            )
            for n in range(1, 5)
        ],
        round_=3,
    )
    shown = view(made).rounds
    assert [each.title for each in shown] == ["Round 3", "Round 2", "Round 1", "Round 4"]
    assert [each.opened for each in shown] == [True, False, False, False]
    assert [each.state for each in shown] == ["to come", "over", "over", "to come"]


@pytest.mark.parametrize(
    ("how", "winner", "verb", "words"),
    [
        ("played", 1, "beats", ""),
        ("played", 2, "loses to", ""),
        ("forfeit", 2, "loses to", "Forfeit"),
        ("double_forfeit", 0, "against", "Double forfeit"),
        ("decided", 1, "beats", "Organiser’s decision"),
        ("decided", 0, "against", "Organiser’s decision"),
    ],
)
def test_the_end_of_a_match_is_described_in_words(
    how: OutcomeKind, winner: int, verb: str, words: str
) -> None:
    found = card(round_1(how=how, winner=winner))
    assert (found.verb, found.words) == (verb, words)
    assert (found.one.won, found.other.won) == (winner == 1, winner == 2)


def test_only_played_matches_have_a_score() -> None:
    played = card(round_1(how="played", winner=1, scores=(11, 0)))
    assert (played.one.score, played.other.score) == (11, 0)
    assert card(round_1(how="forfeit", winner=1)).one.score is None


@pytest.mark.parametrize(
    ("kind", "state", "how", "link"),
    [
        ("online", "playing", None, f"/watch/{MATCH}"),
        ("online", "over", "played", f"/matches/{MATCH}"),
        ("online", "waiting", None, ""),
        ("hotseat", "playing", None, ""),
        ("hotseat", "over", "played", f"/matches/{MATCH}"),
    ],
)
def test_a_match_links_to_the_live_match_and_later_to_its_record(
    kind: str, state: PairingState, how: OutcomeKind | None, link: str
) -> None:
    one = round_1(state=state, how=how, winner=1 if how else None, match_id=MATCH)
    assert card(one, kind=kind).link == link


@pytest.mark.parametrize("state", ["called", "playing"])
def test_the_readers_own_match_links_to_the_court(state: PairingState) -> None:
    one = round_1(state=state, match_id=MATCH if state == "playing" else None)
    found = card(one, own=own(2))
    assert (found.link, found.link_words) == (f"/tournaments/{TOURNAMENT_ID}/pairings/1", "Play")


def test_only_the_organiser_can_correct_finished_matches_of_two() -> None:
    over = round_1(how="forfeit", winner=1)
    assert card(over).correction == ""
    assert (
        card(over, actions=CORRECTS).correction
        == f"/tournaments/{TOURNAMENT_ID}/pairings/1/correction"
    )
    assert card(round_1(), actions=CORRECTS).correction == ""
    alone = bracket(
        "round_robin", crowd(1), [pairing(1, 1, 0, section="round", how="bye", winner=1)]
    )
    [bye] = view(alone, find="Player 1", actions=CORRECTS).rounds[0].byes
    assert bye.correction == ""


def test_the_readers_matches_are_marked() -> None:
    shown = view(single_elimination(8), own=own(5))
    assert [each.number for each in shown_cards(shown) if each.marked] == [2]


@pytest.mark.parametrize(
    ("size", "seed", "jump"),
    [
        (8, 5, "#pairing-2"),
        (1024, 1, "#pairing-1"),
        (1024, 2, f"/tournaments/{TOURNAMENT_ID}/bracket?show=winners-1#pairing-257"),
        (5, 1, "#pairing-5"),
    ],
)
def test_the_reader_jumps_to_their_match_and_its_round_is_opened(
    size: int, seed: int, jump: str
) -> None:
    assert view(single_elimination(size), own=own(seed)).jump == jump


def test_the_reader_jumps_to_the_next_match_first() -> None:
    pairings = [
        pairing(1, 1, 2, section="round", how="played", winner=1),
        pairing(2, 1, 3, section="round", round_=2, state="called"),
        pairing(3, 1, 4, section="round", round_=3),
    ]
    assert view(bracket("round_robin", crowd(4), pairings), own=own(1)).jump == "#pairing-2"


def test_an_eliminated_reader_jumps_to_the_last_match_and_a_stranger_nowhere() -> None:
    lost = pairing(1, 1, 2, how="played", winner=1)
    shown = bracket("single_elimination", crowd(2), [lost])
    assert view(shown, own=own(2)).jump == "#pairing-1"
    assert view(shown).jump == ""


def test_players_are_found_by_any_part_of_their_name() -> None:
    made = single_elimination(8)
    people = entrants(["Zoe", "Al", "Bea", "Cal", "ALICE", "Dan", "Eve", "Fay"])
    shown = view(bracket(made.format, people, made.pairings), find=" AL ")
    assert shown.found
    assert [way.name for way in shown.found.ways] == ["Al", "ALICE", "Cal"]
    assert [step.title for step in shown.found.ways[1].steps] == ["Quarter-finals"]
    assert sorted(each.number for each in shown_cards(shown) if each.marked) == [2, 3]


def test_a_few_of_many_found_players_are_shown_and_the_rest_counted() -> None:
    shown = view(single_elimination(1024), find="player")
    assert shown.found
    assert (len(shown.found.ways), shown.found.found) == (6, 1024)
    unknown = view(single_elimination(8), find="Nobody")
    assert unknown.found
    assert unknown.found.ways == []


def test_standings_show_the_first_places_and_the_reader() -> None:
    table = view(swiss(1024, 5), own=own(900)).standings
    assert table
    assert (len(table.rows), table.left_out, table.everybody) == (64, 960, 1024)
    assert table.own_row
    assert (table.own_row.seed, table.own_row.place) == (900, 513)
    whole = view(swiss(1024, 5), "standings", own=own(900)).standings
    assert whole
    assert (len(whole.rows), whole.left_out, whole.own_row) == (1024, 0, None)


def test_a_shared_place_is_marked() -> None:
    standings = [
        standing(seed, place, difference=3 - seed)
        for seed, place in ((1, 1), (2, 2), (3, 2), (4, None))
    ]
    made = bracket("swiss", crowd(4), [], standings=standings)
    table = view(made).standings
    assert table
    assert [(row.place, row.shared, row.leads) for row in table.rows] == [
        (1, False, True),
        (2, False, False),
        (2, True, False),
        (None, False, False),
    ]
    assert [row.ties[-1] for row in table.rows] == ["+2", "+1", "+0", "−1"]


def test_an_elimination_has_a_ranking_without_tie_breaks_at_its_end() -> None:
    made = single_elimination(2)
    standings = [standing(1, 1, wins=1), standing(2, 2, losses=1)]
    running = bracket(made.format, made.entrants, made.pairings, standings=standings)
    assert view(running).standings is None
    over = bracket(made.format, made.entrants, made.pairings, state="finished", standings=standings)
    table = view(over).standings
    assert table
    assert (table.caption, table.ties, table.scored) == ("Final ranking", (), False)
    assert [row.balance for row in table.rows] == ["1–0", "0–1"]


def test_the_cross_table_shows_meetings_from_both_sides() -> None:
    made = bracket(
        "round_robin",
        crowd(3),
        [
            pairing(1, 2, 1, section="round", how="played", winner=1, scores=(4, 7)),
            pairing(2, 1, 3, section="round", how="forfeit", winner=3),
            pairing(3, 2, 3, section="round", state="playing", match_id=MATCH),
        ],
    )
    rows = view(made).cross
    results = [
        [meeting and (meeting.results, meeting.outcome) for meeting in row.meetings] for row in rows
    ]
    assert results == [
        [None, (("7–4",), "won"), (("lost",), "lost")],
        [(("4–7",), "lost"), None, ((), "")],
        [(("won",), "won"), ((), ""), None],
    ]


def test_there_is_no_cross_table_for_many_players_or_other_formats() -> None:
    assert view(bracket("round_robin", crowd(13), [])).cross == []
    assert view(swiss(8, 2)).cross == []

"""Each format to its end: players are called, confirm that they are ready, and play; the
scheduler runs now and then."""

import pytest

from services.tournament.tests.pairings.playing import Court


async def test_single_elimination_of_five(court: Court) -> None:
    cup = await court.begun(5)
    assert await cup.called() == [(4, 5), (2, 3)], "byes are for the best, and 1 waits for 4 or 5"
    assert await cup.play_on() == 4
    bracket = await cup.bracket()
    assert bracket["state"] == "finished"
    assert await cup.places() == {1: 1, 2: 2, 3: 3, 4: 3, 5: 5}
    [winner] = [each for each in bracket["standings"] if each["place"] == 1]
    assert winner["seed"] == 1
    tournament = await court.hall.tournament(cup.id)
    assert tournament.ended_at == court.hall.clock()


async def test_single_elimination_with_a_match_for_third_place(court: Court) -> None:
    cup = await court.begun(4, third_place=True)
    assert await cup.play_on(max) == 4
    assert await cup.places() == {4: 1, 3: 2, 2: 3, 1: 4}


@pytest.mark.parametrize("players", [3, 4, 6])
async def test_double_elimination(court: Court, players: int) -> None:
    cup = await court.begun(players, format="double_elimination")
    # All but the winner lose twice, and the best player never loses here.
    assert await cup.play_on() == 2 * players - 2
    assert (await cup.places())[1] == 1
    assert {each["state"] for each in await cup.pairings()} == {"over"}
    [reset] = [each for each in await cup.pairings() if each["section"] == "reset"]
    assert reset["how"] == "unneeded"


async def test_double_elimination_with_a_second_final(court: Court) -> None:
    cup = await court.begun(4, format="double_elimination")

    async def over(section: str) -> bool:
        return any(
            each["section"] == section and each["state"] == "called"
            for each in await cup.pairings()
        )

    while not await over("final"):
        for each in await cup.pairings():
            if each["state"] == "called":
                await cup.wins(each["number"], min(each["one"], each["other"]))
        await court.look()
    [final] = [each for each in await cup.pairings() if each["section"] == "final"]
    await cup.wins(final["number"], max(final["one"], final["other"]))
    await court.look()
    assert (await cup.bracket())["state"] == "running", "both have lost once"
    assert await over("reset")
    assert await cup.play_on() == 1


@pytest.mark.parametrize(("players", "rounds", "matches"), [(4, 1, 6), (5, 1, 10), (3, 2, 6)])
async def test_round_robin(court: Court, players: int, rounds: int, matches: int) -> None:
    cup = await court.begun(players, format="round_robin", rounds=rounds)
    assert await cup.play_on() == matches
    assert await cup.places() == {seed: seed for seed in range(1, players + 1)}


async def test_a_round_is_called_when_the_previous_one_is_over(court: Court) -> None:
    cup = await court.begun(4, format="round_robin", rounds=1)
    tournament = await court.hall.tournament(cup.id)
    assert (tournament.round, len(await cup.called())) == (1, 2)
    first, second = [each for each in await cup.pairings() if each["state"] == "called"]
    await cup.wins(first["number"], first["one"])
    await court.look()
    assert len(await cup.called()) == 1
    await cup.wins(second["number"], second["one"])
    await court.look()
    assert len(await cup.called()) == 2
    assert (await court.hall.tournament(cup.id)).round == 2


@pytest.mark.parametrize(("players", "rounds", "matches"), [(8, None, 12), (7, 3, 9), (2, 5, 1)])
async def test_swiss(court: Court, players: int, rounds: int | None, matches: int) -> None:
    cup = await court.begun(players, format="swiss", rounds=rounds)
    assert await cup.play_on() == matches
    bracket = await cup.bracket()
    met = [frozenset((each["one"], each["other"])) for each in bracket["pairings"]]
    assert len(met) == len(set(met)), "nobody meets the same twice"
    assert (await cup.places())[1] == 1
    assert bracket["round"] == bracket["rounds"]


async def test_the_end_is_signalled_to_all_viewers(court: Court) -> None:
    cup = await court.begun(2)
    await cup.wins(1, 1)
    before = (await court.hall.tournament(cup.id)).revision
    await court.look()
    assert (await court.hall.tournament(cup.id)).revision > before

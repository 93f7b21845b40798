"""A player's list of matches: newest first, page by page, limited to what the reader may see."""

from datetime import timedelta

import pytest
from advanced_alchemy.config import SQLAlchemyAsyncConfig
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.history.modes import PLAYERS_MODES
from services.history.tests.arcade import MATCHES, Arcade, Json
from services.history.tests.rows import NOON, MatchRow, store
from tests.fixtures.cast import ALICE, BOB, CHARLIE, Person
from tests.fixtures.examples import examples
from transcendence_common.ids import new_id

MOST_PAGES = 31
# Few different times, so that many matches share one.
SPECIFICATIONS = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from(PLAYERS_MODES), st.booleans()),
    max_size=MOST_PAGES - 1,
)
FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "mode": st.sampled_from(PLAYERS_MODES),
        "outcome": st.sampled_from(("won", "lost")),
    },
)


@settings(
    max_examples=examples(40),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(specifications=SPECIFICATIONS, filters=FILTERS, limit=st.integers(1, 8))
async def test_pages_have_each_match_once_newest_first(
    arcade: Arcade,
    db: SQLAlchemyAsyncConfig,
    *,
    specifications: list[tuple[int, str, bool]],
    filters: dict[str, str],
    limit: int,
) -> None:
    reader = Person("Reader", ALICE.key)
    rows = [
        MatchRow(reader.id, mode, won, NOON + timedelta(microseconds=at))
        for at, mode, won in specifications
    ]
    if rows:
        await store(db, *rows)
    expected = [
        str(row.id)
        for row in sorted(rows, key=lambda row: (row.played_at, row.id), reverse=True)
        if filters.get("mode", row.mode) == row.mode
        and filters.get("outcome", "won" if row.won else "lost") == ("won" if row.won else "lost")
    ]
    pages = await _all_pages(arcade, reader, limit=limit, **filters)
    assert [item["id"] for page in pages for item in page] == expected
    assert all(len(page) == limit for page in pages[:-1])


async def test_a_page_has_twenty_matches_by_default(
    arcade: Arcade, db: SQLAlchemyAsyncConfig
) -> None:
    await store(db, *(MatchRow(ALICE.id) for _ in range(21)))
    page = (await arcade.get(MATCHES, ALICE)).json()
    assert len(page["items"]) == 20
    assert page["next_cursor"] is not None


async def test_a_full_last_page_has_no_next_cursor(
    arcade: Arcade, db: SQLAlchemyAsyncConfig
) -> None:
    await store(db, *(MatchRow(ALICE.id) for _ in range(4)))
    page = (await arcade.get(MATCHES, ALICE, limit=4)).json()
    assert (len(page["items"]), page["next_cursor"]) == (4, None)


async def test_a_match_stored_while_paging_does_not_shift_pages(
    arcade: Arcade, db: SQLAlchemyAsyncConfig
) -> None:
    old = [MatchRow(ALICE.id, played_at=NOON + timedelta(minutes=n)) for n in range(4)]
    await store(db, *old)
    first = (await arcade.get(MATCHES, ALICE, limit=2)).json()
    await store(db, MatchRow(ALICE.id, played_at=NOON + timedelta(hours=1)))
    second = (await arcade.get(MATCHES, ALICE, limit=2, cursor=first["next_cursor"])).json()
    seen = [item["id"] for item in first["items"] + second["items"]]
    assert seen == [str(row.id) for row in reversed(old)]


async def test_an_item_has_the_outcome_for_that_player(arcade: Arcade) -> None:
    record = await arcade.stored(ALICE)
    [item] = await arcade.listed(ALICE)
    assert item == {**record, "outcome": "won" if record["winner"] == "left" else "lost"}


async def test_the_own_list_is_the_default_and_complete(
    arcade: Arcade, db: SQLAlchemyAsyncConfig
) -> None:
    await store(db, MatchRow(ALICE.id, "ai"), MatchRow(ALICE.id, "local"), MatchRow(BOB.id))
    own = await arcade.listed(ALICE)
    assert {item["mode"] for item in own} == {"ai", "local"}
    assert await arcade.listed(ALICE, player=ALICE.id) == own


async def test_a_stranger_sees_public_matches_only(
    arcade: Arcade, db: SQLAlchemyAsyncConfig
) -> None:
    await store(db, *(MatchRow(ALICE.id, mode) for mode in PLAYERS_MODES))
    seen = await arcade.listed(CHARLIE, player=ALICE.id)
    assert {item["mode"] for item in seen} == {"ai", "online"}
    assert await arcade.listed(CHARLIE, player=ALICE.id, mode="local") == []


async def test_the_list_of_an_unknown_player_is_empty(arcade: Arcade) -> None:
    assert await arcade.listed(ALICE, player=new_id()) == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"player": "nobody"}, "player_id"),
        ({"mode": "chess"}, "mode"),
        ({"outcome": "draw"}, "outcome"),
    ],
)
async def test_a_malformed_request_is_refused(
    arcade: Arcade, query: dict[str, str], field: str
) -> None:
    answer = await arcade.get(MATCHES, ALICE, **query)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def _all_pages(arcade: Arcade, reader: Person, **query: object) -> list[list[Json]]:
    pages: list[list[Json]] = []
    more: dict[str, str] = {}
    # Limited, because a faulty cursor would cause an endless loop.
    while len(pages) <= MOST_PAGES:
        page = (await arcade.get(MATCHES, reader, **query, **more)).json()
        pages.append(page["items"])
        if page["next_cursor"] is None:
            return pages
        more = {"cursor": page["next_cursor"]}
    pytest.fail("the pages do not end")

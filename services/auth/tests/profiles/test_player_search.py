import json
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx
from advanced_alchemy.config import SQLAlchemyAsyncConfig
from sqlalchemy import text

from auth.profiles.search import FIRST_POSITION, PagePosition, _select_players
from services.auth.tests.people import SignedInPlayer, people, sign_up
from services.auth.tests.service_under_test import Auth, errors_of

FOUND = {"id", "username", "display_name", "avatar", "relation"}
MANY = 20_000


async def search(person: SignedInPlayer, query: str, **more: object) -> httpx.Response:
    options = "".join(f"&{name}={value}" for name, value in more.items())
    return await person.get(f"/players?query={quote(query)}{options}")


async def names(person: SignedInPlayer, query: str) -> list[str]:
    answer = await search(person, query)
    assert answer.status_code == 200
    return [found["username"] for found in answer.json()["items"]]


async def verified(auth: Auth, *usernames: str) -> list[SignedInPlayer]:
    everybody = await people(auth, *usernames)
    await auth.execute("UPDATE accounts SET email_verified_at = created_at, expires_at = NULL")
    return everybody


async def call(person: SignedInPlayer, display_name: str) -> None:
    answer = await person.ask("PATCH", "/profile", {"display_name": display_name})
    assert answer.status_code == 200


async def test_players_are_found_by_the_beginning_of_either_name(auth: Auth) -> None:
    alice, bob, _ = await verified(auth, "Alice", "Bob", "Alfred")
    await call(bob, "Alexander")
    answer = await search(alice, "al")
    assert answer.json()["next_cursor"] is None
    items = answer.json()["items"]
    assert [item["username"] for item in items] == ["Alfred", "Alice", "Bob"]
    assert all(set(item) == FOUND for item in items)
    assert items[2]["display_name"] == "Alexander"
    assert "@" not in answer.text


async def test_a_player_with_two_matching_names_is_found_once(auth: Auth) -> None:
    alice, _ = await verified(auth, "Alice", "Bob")
    await call(alice, "Alicia")
    assert await names(alice, "ali") == ["Alice"]


async def test_case_and_unicode_forms_do_not_matter(auth: Auth) -> None:
    alice, bob, *_ = await verified(auth, "Alice", "Strasse", "Николай")
    await call(bob, "Zoë Müller")
    for query in ("STRAß", "ｓｔｒａ", " stra "):
        assert await names(alice, query) == ["Strasse"]
    for query in ("ZOË", "Zoe\u0308", "zoë mü", "zoë  mü"):
        assert await names(alice, query) == ["Strasse"], query
    assert await names(alice, "НИК") == ["Николай"]


async def test_special_characters_are_taken_literally(auth: Auth) -> None:
    alice, bob, _ = await verified(auth, "Alice", "a_b", "axb")
    await call(bob, "100% (a)")
    assert await names(alice, "a_") == ["a_b"]
    assert await names(alice, "100%") == ["a_b"]
    for query in (
        "%%",
        "__",
        "a%",
        "\\\\",
        "a\\",
        "''",
        "a*",
        "[a-z]",
        "\x00\x00",
        "\U0010ffff" * 2,
    ):
        assert await names(alice, query) == [], query


async def test_a_query_needs_two_characters(auth: Auth) -> None:
    [alice] = await verified(auth, "Alice")
    for query in ("", "a", " a ", "  "):
        answer = await search(alice, query)
        assert answer.status_code == 400
        assert set(errors_of(answer)) == {"query"}
    assert (await alice.get("/players")).status_code == 400
    assert await names(alice, "a" * 5000) == []


async def test_unverified_players_may_search_and_are_not_found(auth: Auth) -> None:
    await verified(auth, "Alice")
    mallory = await sign_up(auth, "Alibaba")
    assert await names(mallory, "ali") == ["Alice"]


async def test_results_show_the_relation_and_hide_blockers(auth: Auth) -> None:
    alice, bob, charlie = await verified(auth, "Alice", "Bobby", "Bobo")
    await bob.post("/friends/Alice")
    await alice.put("/blocks/Bobo")

    async def relations(person: SignedInPlayer, query: str) -> dict[str, Any]:
        items = (await search(person, query)).json()["items"]
        return {item["username"]: item["relation"] for item in items}

    assert await relations(alice, "bob") == {"Bobby": "incoming", "Bobo": "blocked"}
    assert await relations(alice, "ali") == {"Alice": None}
    assert await relations(charlie, "ali") == {}
    assert await relations(bob, "ali") == {"Alice": "outgoing"}
    await call(alice, "Wonderland")
    assert await relations(charlie, "wonder") == {}


async def test_pages_have_no_gaps_or_repetitions(auth: Auth) -> None:
    [alice] = await verified(auth, "Alice")
    await many(auth, 57)
    seen: list[str] = []
    cursor: str | None = None
    while True:
        more = {} if cursor is None else {"cursor": cursor}
        page = (await search(alice, "pl", limit=10, **more)).json()
        seen += [item["username"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
        assert len(page["items"]) == 10
    assert len(seen) == len(set(seen)) == 57
    assert seen == sorted(seen)


async def test_a_full_last_page_has_no_next_cursor(auth: Auth) -> None:
    [alice] = await verified(auth, "Alice")
    await many(auth, 10)
    page = (await search(alice, "pl", limit=10)).json()
    assert len(page["items"]) == 10
    assert page["next_cursor"] is None


async def test_an_invalid_cursor_is_refused(auth: Auth) -> None:
    [alice] = await verified(auth, "Alice")
    assert (await search(alice, "al", cursor="bnVsbA")).status_code == 400
    nul = quote("WyJcdTAwMDAiXQ")
    assert (await search(alice, "al", cursor=nul)).status_code == 200


async def test_a_search_reads_only_index_ranges(parallel_auth: Auth) -> None:
    """Among 20,000 players, at the start of an index and deep inside."""
    [alice] = await verified(parallel_auth, "Alice")
    await many(parallel_auth, MANY)
    await parallel_auth.execute("ANALYZE accounts")
    [(me,)] = await parallel_auth.rows("SELECT id FROM accounts WHERE username = 'Alice'")
    for query, after in (
        ("pl", FIRST_POSITION),
        ("player019", FIRST_POSITION),
        ("pl", PagePosition("player015000")),
    ):
        plan = await explained(parallel_auth.db, me, query, after)
        scans = [node for node in nodes(plan) if node.get("Relation Name") == "accounts"]
        assert scans
        assert not [node for node in scans if node["Node Type"] == "Seq Scan"]
        assert max(node["Actual Rows"] * node["Actual Loops"] for node in scans) <= 200
    assert len((await search(alice, "player0150", limit=100)).json()["items"]) == 100


async def many(auth: Auth, count: int) -> None:
    """Create players with display names: `Ace 1` is player number 1, and every
    hundredth is also a `Player`."""
    await auth.execute(
        """
        INSERT INTO accounts
            (id, username, username_key, email, email_key, created_at, email_verified_at,
             display_name, display_name_key)
        SELECT gen_random_uuid(), name, name, name || '@example.org', name || '@example.org', now(), now(),
            CASE WHEN number % 100 = 0 THEN 'Player ' || number ELSE 'Ace ' || number END,
            CASE WHEN number % 100 = 0 THEN 'player ' || number ELSE 'ace ' || number END
        FROM (SELECT number, 'player' || lpad(number::text, 6, '0') AS name
              FROM generate_series(1, CAST(:count AS int)) AS number) AS players
        """,
        count=count,
    )


async def explained(
    db: SQLAlchemyAsyncConfig, me: UUID, query: str, after: PagePosition
) -> dict[str, Any]:
    statement = _select_players(me, query, after, 21)
    sql = statement.compile(dialect=db.get_engine().dialect, compile_kwargs={"literal_binds": True})
    async with db.get_session() as session:
        plan = await session.scalar(
            text(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}".replace(":", "\\:"))
        )
    found: dict[str, Any] = (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]
    return found


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for child in plan.get("Plans", []) for node in nodes(child))]

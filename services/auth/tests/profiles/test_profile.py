import asyncio

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from auth.profiles import text_rules
from services.auth.tests.people import SignedInPlayer, people, sign_up
from services.auth.tests.service_under_test import Auth, errors_of
from tests.fixtures.clients import refusal
from transcendence_common.names import JOINERS
from transcendence_common.reserved_names import REFUSAL

PUBLIC = {"id", "username", "display_name", "bio", "avatar", "created_at", "relation"}
INVISIBLE = ("\u202e", "\u200b", "\u2066", "\ufeff", "\u00ad", "\u3164", "\u2800", "\x07", "\u2028")


async def change(person: SignedInPlayer, **fields: object) -> httpx.Response:
    return await person.ask("PATCH", "/profile", fields)


async def test_a_profile_shows_public_data_only(auth: Auth) -> None:
    """It shows no address, session, second factor or role."""
    registered = (await auth.register("Alice")).json()
    for spelling in ("Alice", "ALICE"):
        answer = await auth.get(f"/players/{spelling}")
        assert answer.status_code == 200
        profile = answer.json()
        assert set(profile) == PUBLIC
        assert profile["id"] == registered["id"]
        assert "@" not in answer.text
        assert [profile[name] for name in ("display_name", "bio", "avatar", "relation")] == [
            None, "", None, None,
        ]  # fmt: skip


async def test_a_profile_is_found_by_a_name_in_any_script(auth: Auth) -> None:
    await auth.register("Николай", email="n@example.org")
    assert (await auth.get("/players/николай")).json()["username"] == "Николай"


async def test_the_profile_of_an_unknown_name_is_not_found(auth: Auth) -> None:
    for name in ("Nobody", "%00", "alice@example.org", "%3Cb%3E", "x" * 1000):
        answer = await auth.get(f"/players/{name}")
        assert refusal(answer) == (404, "no_such_player")


async def test_the_relation_is_the_readers(auth: Auth) -> None:
    alice, bob = await people(auth, "Alice", "Bob")

    async def relation(of: SignedInPlayer, to: str) -> object:
        return (await of.get(f"/players/{to}")).json()["relation"]

    assert await relation(alice, "Alice") is None
    assert await relation(alice, "Bob") == "none"
    await alice.post("/friends/Bob")
    assert [await relation(alice, "Bob"), await relation(bob, "Alice")] == ["outgoing", "incoming"]
    await bob.post("/friends/Alice/accept")
    assert [await relation(alice, "Bob"), await relation(bob, "Alice")] == ["friends", "friends"]


async def test_a_blocked_player_sees_the_profile_without_the_block(auth: Auth) -> None:
    alice, bob = await people(auth, "Alice", "Bob")
    await alice.put("/blocks/Bob")
    assert (await alice.get("/players/Bob")).json()["relation"] == "blocked"
    assert (await bob.get("/players/Alice")).json()["relation"] == "none"


async def test_name_and_bio_can_be_changed_together_or_separately(auth: Auth) -> None:
    alice = await sign_up(auth, "Alice")
    both = await change(alice, display_name="Alice Liddell", bio="Plays.\nWins.")
    assert (both.status_code, both.json()) == (
        200,
        {"display_name": "Alice Liddell", "bio": "Plays.\nWins.", "avatar": None},
    )
    assert (await change(alice, bio="Plays.")).json()["display_name"] == "Alice Liddell"
    assert (await change(alice, display_name="Al")).json()["bio"] == "Plays."
    profile = (await auth.get("/players/Alice")).json()
    assert (profile["display_name"], profile["bio"]) == ("Al", "Plays.")


async def test_an_empty_change_succeeds(auth: Auth) -> None:
    alice = await sign_up(auth, "Alice")
    await change(alice, display_name="Al")
    for _ in range(2):
        answer = await change(alice)
        assert answer.status_code == 200
        assert answer.json() == {"display_name": "Al", "bio": "", "avatar": None}


async def test_an_empty_display_name_restores_the_username(auth: Auth) -> None:
    alice = await sign_up(auth, "Alice")
    for nothing in ("", "   ", "\u3000"):
        await change(alice, display_name="Al")
        assert (await change(alice, display_name=nothing)).json()["display_name"] is None
    assert await auth.rows("SELECT display_name, display_name_key FROM accounts") == [(None, None)]


async def test_texts_are_normalised(auth: Auth) -> None:
    alice = await sign_up(auth, "Alice")
    for typed, name in {
        "  Zoe\u0308   Q.  ": "Zoë Q.",
        "小林\u3000健": "小林 健",
        "Al ❤\ufe0f": "Al ❤",
        "O'Neil <3 & Co.": "O'Neil <3 & Co.",
    }.items():
        assert (await change(alice, display_name=typed)).json()["display_name"] == name
    for typed, bio in {
        " one\r\ntwo\rthree ": "one\ntwo\nthree",
        "one\n\n \n\n\ntwo": "one\n\ntwo",
        "👩\u200d🚀 and ❤\ufe0f": "👩\u200d🚀 and ❤\ufe0f",
        "<script>alert(1)</script>": "<script>alert(1)</script>",
    }.items():
        assert (await change(alice, bio=typed)).json()["bio"] == bio


async def test_invisible_characters_are_refused(auth: Auth) -> None:
    alice = await sign_up(auth, "Alice")
    for character in INVISIBLE:
        answer = await change(alice, display_name=f"Al{character}ice")
        assert answer.status_code == 400
        assert set(errors_of(answer)) == {"display_name"}
    for character in ("\u202e", "\u200b", "\u2066", "\ufeff", "\x07", "\t", "\x00"):
        answer = await change(alice, bio=f"so{character}so")
        assert answer.status_code == 400
        assert set(errors_of(answer)) == {"bio"}
    assert await auth.rows("SELECT display_name, bio FROM accounts") == [(None, "")]


async def test_all_invalid_fields_are_named_in_one_answer(auth: Auth) -> None:
    alice = await sign_up(auth, "Alice")
    answer = await change(alice, display_name="x" * 41, bio="x" * 501)
    assert answer.status_code == 400
    errors = errors_of(answer)
    assert set(errors) == {"display_name", "bio"}
    assert all(sentence.endswith(".") for sentence in errors.values())
    assert (await change(alice, display_name="x" * 40, bio="x" * 500)).status_code == 200


async def test_a_malformed_change_is_refused(auth: Auth) -> None:
    alice = await sign_up(auth, "Alice")
    assert (await change(alice, display_name=None)).status_code == 400
    half = b'{"bio": "\\ud800"}'
    answer = await auth.client.patch("/api/user/profile", content=half, headers=alice.headers)
    assert answer.status_code == 400
    long = await auth.client.patch(
        "/api/user/profile", content=b"x" * 40_000, headers=alice.headers
    )
    assert long.status_code == 413


async def test_another_site_cannot_change_a_profile(auth: Auth) -> None:
    alice = await sign_up(auth, "Alice")
    answer = await auth.client.patch(
        "/api/user/profile",
        json={"bio": "x"},
        headers={**alice.headers, "Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 403


async def test_a_display_name_cannot_be_another_players_name(auth: Auth) -> None:
    alice, _ = await people(auth, "Alice", "Bob")
    for disguise in ("Bob", "BOB", "Ｂob", " bob "):
        answer = await change(alice, display_name=disguise, bio="I am Bob")
        assert answer.status_code == 400
        assert set(errors_of(answer)) == {"display_name"}
    assert (await auth.get("/players/Alice")).json()["bio"] == ""
    assert (await change(alice, display_name="ALICE")).json()["display_name"] == "ALICE"


async def test_similar_alphabets_cannot_be_mixed_in_a_word(auth: Auth) -> None:
    alice = await sign_up(auth, "Alice")
    assert set(errors_of(await change(alice, display_name="Аlice"))) == {"display_name"}
    assert (await change(alice, display_name="DJ Алиса")).status_code == 200


async def test_a_reserved_name_is_refused_as_a_display_name(auth: Auth) -> None:
    alice = await sign_up(auth, "Alice")
    for reserved in ("Administrator", "Ａdmin", "Transcendence Support"):
        assert errors_of(await change(alice, display_name=reserved)) == {"display_name": REFUSAL}
    assert (await change(alice, display_name="Admiral")).status_code == 200


async def test_an_existing_reserved_name_is_kept(auth: Auth) -> None:
    alice = await sign_up(auth, "Alice")
    await auth.execute("UPDATE accounts SET display_name = 'Support', display_name_key = 'support'")
    answer = await change(alice, display_name="Support", bio="I am not.")
    assert (answer.status_code, answer.json()["display_name"]) == (200, "Support")
    assert (await change(alice, display_name="Admin")).status_code == 400


async def test_parallel_changes_are_applied_one_after_another(parallel_auth: Auth) -> None:
    alice = await sign_up(parallel_auth, "Alice")
    answers = await asyncio.gather(
        *(change(alice, display_name=f"Al {number}", bio=f"{number}") for number in range(20))
    )
    assert {answer.status_code for answer in answers} == {200}
    profile = (await parallel_auth.get("/players/Alice")).json()
    assert profile["display_name"] == f"Al {profile['bio']}"


async def test_a_change_is_logged_without_its_text(auth: Auth) -> None:
    alice = await sign_up(auth, "Alice")
    await change(alice, display_name="Liddell", bio="wonderland")
    assert len(auth.log.of("profile-change")) == 1
    assert "Liddell" not in str(auth.log.events)
    assert "wonderland" not in str(auth.log.events)


@pytest.mark.parametrize(
    "change_to",
    [
        "display_name = E'A\\x07', display_name_key = 'a'",
        "display_name = E'A\\u009f', display_name_key = 'a'",
        "display_name = 'A'",
        "display_name = '', display_name_key = ''",
        "bio = E'a\\tb'",
        "bio = repeat('x', 501)",
    ],
)
async def test_the_database_enforces_the_rules_of_texts(auth: Auth, change_to: str) -> None:
    await auth.register("Alice")
    with pytest.raises(IntegrityError):
        await auth.execute(f"UPDATE accounts SET {change_to}")  # noqa: S608 - a constant


@given(st.text(max_size=60))
def test_accepted_names_are_one_visible_line(raw: str) -> None:
    name = text_rules.as_shown_name(raw)
    assert text_rules.as_shown_name(name) == name
    if text_rules.problem_with_name(name) is None:
        assert len(name) <= 40
        assert name.translate(dict.fromkeys(map(ord, JOINERS))).isprintable()
        assert name == name.strip()


@given(st.text(st.characters() | st.sampled_from("\r\n\u2028 \u200d"), max_size=60))
def test_accepted_bios_have_no_control_characters_except_line_breaks(raw: str) -> None:
    bio = text_rules.as_shown_bio(raw)
    assert text_rules.as_shown_bio(bio) == bio
    if text_rules.problem_with_bio(bio) is None:
        assert "\n\n\n" not in bio
        assert all(ord(character) >= 32 or character == "\n" for character in bio)


@pytest.mark.parametrize("text", ["a" + "\u0301\u0302\u0303\u0304", "\u0301" * 5])
def test_stacked_accents_are_refused(text: str) -> None:
    assert text_rules.problem_with_name(text_rules.as_shown_name(text + "\u0316")) is not None
    assert text_rules.problem_with_bio(text_rules.as_shown_bio(text + "\u0316")) is not None

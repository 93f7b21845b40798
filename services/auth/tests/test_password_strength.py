import asyncio
from threading import Event

import pytest
from zxcvbn.matching import L33T_TABLE, enumerate_l33t_subs, relevant_l33t_subtable

from auth.accounts import password_strength
from auth.accounts.errors import TooManyPasswords
from auth.accounts.password_strength import PasswordStrength
from services.auth.tests.service_under_test import PASSWORD

SIGNS = "".join(sign for signs in L33T_TABLE.values() for sign in signs)


async def problem(password: str) -> str | None:
    return await PasswordStrength().problem_with(
        password, username="Annabella", email="ann.abel@example.org"
    )


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD,
        "correct horse",
        "пароль и ракетка",
        # Nine random characters.
        "kX9#mP2qv",
    ],
)
async def test_unguessable_passwords_are_accepted(password: str) -> None:
    assert await problem(password) is None


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("", "Choose a password."),
        ("short", "at least 8"),
        ("x" * 129, "at most 128"),
        ("Annabella", "neither your name nor"),
        ("Annabella-1984", "contains your name"),
        ("abel.example", "contains your name"),
        ("transcendence1", "contains your name, your address or ours"),
        ("password1", "most common passwords"),
        ("qwertyuiop[", "rows of the keyboard"),
        ("zaq12wsxcde3", "guess"),
        ("abcdefghijkl", "is a simple sequence"),
        ("19841231", "date or a year"),
        ("abcabcabcabc", "repeats itself"),
        ("🏓" * 8, "repeats itself"),
        ("kX9#mP2q", "too short for its characters"),
        ("elizabeth1", "guess"),
    ],
)
async def test_guessable_passwords_are_refused(password: str, reason: str) -> None:
    sentence = await problem(password)
    assert sentence is not None
    assert reason in sentence
    assert sentence.endswith(".")


async def test_the_end_of_a_long_password_is_ignored() -> None:
    assert await problem("x" * 72 + "kX9#mP2qv") is not None
    assert await problem("a paddle and a ball" + "x" * 100) is None


def test_the_work_is_limited_for_ambiguous_characters() -> None:
    """Counted instead of timed: zxcvbn tries each reading, in time quadratic in the length."""
    for password in (SIGNS * 6, "4@8({[<" * 18, PASSWORD, "x" * 128, SIGNS[:6] * 21):
        looked_at = password_strength._examined_part(password)
        readings = len(enumerate_l33t_subs(relevant_l33t_subtable(looked_at, L33T_TABLE)))
        assert len(looked_at) ** 2 * readings <= 2 * password_strength.MAX_EXAMINED_WORK
        assert len(looked_at) >= 16 or looked_at == password


async def test_a_full_queue_refuses_jobs_until_there_is_room_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    let_go = Event()
    judge = password_strength._estimate_strength

    def judge_later(password: str, words: list[str]) -> object:
        let_go.wait(10)
        return judge(password, words)

    monkeypatch.setattr(password_strength, "_estimate_strength", judge_later)
    judging = PasswordStrength(waiting=1)

    async def ask() -> str | None:
        return await judging.problem_with(PASSWORD, username="A", email="a@example.org")

    jobs = [asyncio.create_task(ask()) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(TooManyPasswords):
        await ask()
    let_go.set()
    assert await asyncio.gather(*jobs) == [None, None]
    assert await ask() is None


async def test_the_names_of_one_account_do_not_affect_others() -> None:
    judging = PasswordStrength()
    about = [
        judging.problem_with("rosalind-watt", username=name, email=f"{name}@example.org")
        for name in ["rosalind-watt1", "Alice"] * 10
    ]
    found = await asyncio.gather(*about)
    assert len({found[0], *found[::2]}) == 1
    assert len({found[1], *found[1::2]}) == 1
    assert found[0] != found[1]

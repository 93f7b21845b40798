from collections.abc import Callable
from time import process_time

import pytest

from auth.accounts import emails, passwords


@pytest.mark.parametrize(
    "email",
    [
        "ann@example.org",
        "a.b+c@sub.example.co.uk",
        "o'neil@example.org",
        "ann@bücher.example",
        "zoë@example.org",
    ],
)
def test_a_valid_address_is_accepted(email: str) -> None:
    assert emails.problem_with_email(email) is None


@pytest.mark.parametrize(
    "email",
    [
        "",
        "ann",
        "ann@",
        "@example.org",
        "ann@home",
        "ann@@example.org",
        "ann@example..org",
        "ann@-example.org",
        ".ann@example.org",
        "an..n@example.org",
        " ann@example.org",
        "ann@example.org ",
        "an n@example.org",
        "ann@example.org\r\nBcc: bob@example.org",
        "ann\x00@example.org",
        "ann\u200b@example.org",
        '"ann"@example.org',
        "Ann <ann@example.org>",
        "ann@example.org,bob@example.org",
        "a" * 65 + "@example.org",
        "ann@" + "a" * 64 + ".org",
        "ann@" + "a.example." * 30 + "org",
        "ann\uff20bob@example.org",
        "\ufdfa" * 60 + "@example.org",
    ],
)
def test_an_invalid_address_is_refused(email: str) -> None:
    assert emails.problem_with_email(email) is not None


def test_addresses_ignore_case() -> None:
    assert emails.email_key_of("Ann@Example.ORG") == emails.email_key_of("ann@example.org")


@pytest.mark.parametrize("normalise", [emails.email_key_of, passwords.as_hashed])
def test_stacked_accents_do_not_block_the_service(normalise: Callable[[str], str]) -> None:
    """Sorting the accents of one letter takes quadratic time: minutes for a megabyte."""
    began = process_time()
    normalise("a@" + "\u0300\u0316" * 50_000)
    assert process_time() - began < 1


@pytest.mark.parametrize("password", ["12345678", "x" * 128, "пароль и ракетка", "🏓" * 8])
def test_an_allowed_password_is_accepted(password: str) -> None:
    assert (
        passwords.problem_with_password(password, username="Ann", email="ann@example.org") is None
    )


@pytest.mark.parametrize(
    "password",
    ["", "1234567", "x" * 129, "annabella", "ANNABELLA", "Ann.Abel@example.org", "ann.abel"],
)
def test_a_forbidden_password_is_refused(password: str) -> None:
    sentence = passwords.problem_with_password(
        password, username="Annabella", email="ann.abel@example.org"
    )
    assert sentence is not None
    assert sentence.endswith(".")

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from auth.accounts.usernames import as_shown_username, problem_with_username
from transcendence_common.names import name_key
from transcendence_common.reserved_names import REFUSAL, is_reserved

ANY_TEXT = st.text(max_size=60)
LIKELY_NAMES = st.text(
    st.characters(categories=["L", "M", "Nd"], include_characters="_-"), min_size=3, max_size=20
)


@given(ANY_TEXT | LIKELY_NAMES)
def test_the_key_of_a_key_is_the_key(raw: str) -> None:
    assert name_key(name_key(raw)) == name_key(raw)


@given(ANY_TEXT | LIKELY_NAMES)
def test_the_displayed_form_has_the_same_key(raw: str) -> None:
    assert name_key(as_shown_username(raw)) == name_key(raw)


@given(ANY_TEXT | LIKELY_NAMES)
def test_names_ignore_case(raw: str) -> None:
    assert name_key(raw.casefold()) == name_key(raw)


@given(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{1,18}[A-Za-z0-9]", fullmatch=True))
def test_plain_names_are_unchanged(raw: str) -> None:
    assume(not is_reserved(raw))
    assert as_shown_username(raw) == raw
    assert problem_with_username(raw) is None
    assert name_key(raw.swapcase()) == name_key(raw)


@given(LIKELY_NAMES)
def test_accepted_names_are_printable_and_fit(raw: str) -> None:
    name = as_shown_username(raw)
    if problem_with_username(name) is None:
        assert name.isprintable()
        assert 3 <= len(name) <= 20
        assert not set(name) & set(" <>&\"'@/")


@pytest.mark.parametrize(
    "name",
    [
        "Zoë",
        "Николай",
        "Ελένη",
        "小林さん",
        "라면-왕",
        "प्रिया",
        "محمد",
        "สมชาย",
        "b0b_1972",
        "小林Ken",
    ],
)
def test_names_in_any_script_are_accepted(name: str) -> None:
    assert problem_with_username(as_shown_username(name)) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [("Ann", "aNN"), ("Ann", "Ａnn"), ("Zoë", "Zoe\u0308"), ("Straße", "STRASSE"), ("ﬁsh", "fish")],
)
def test_spellings_of_one_name_have_one_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("", "Choose a name."),
        ("ab", "3 to 20"),
        ("a" * 21, "3 to 20"),
        ("a" * 100_000, "3 to 20"),
        ("<b>Bob</b>", "letters, digits"),
        ("Bob Ross", "letters, digits"),
        (" Bob", "letters, digits"),
        ("bob@home", "letters, digits"),
        ("Bob\u200b", "letters, digits"),
        ("Bob\u202etxt", "letters, digits"),
        ("Bob\x00", "letters, digits"),
        ("Bob\u3164", "letters, digits"),
        ("Bob\ufe0f", "letters, digits"),
        ("Bob🏓", "letters, digits"),
        ("_Bob", "Start and end"),
        ("Bob-", "Start and end"),
        ("\u0301Bob", "accents"),
        ("B" + "\u0301\u0302\u0303\u0304" + "ob", "accents"),
        ("Аlice", "one alphabet"),
        ("Bοb", "one alphabet"),
    ],
)
def test_each_problem_is_a_sentence(name: str, problem: str) -> None:
    sentence = problem_with_username(as_shown_username(name))
    assert sentence is not None
    assert problem in sentence
    assert sentence.endswith(".")


@pytest.mark.parametrize(
    "name", ["admin", "Root", "support", "system", "Computer", "Guest", "null"]
)
def test_reserved_names_and_similar_ones_are_refused(name: str) -> None:
    for spelling in (name, name.upper(), "".join(chr(ord(each) + 0xFEE0) for each in name)):
        assert problem_with_username(as_shown_username(spelling)) == REFUSAL

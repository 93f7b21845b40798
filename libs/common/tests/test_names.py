import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcendence_common.names import NameRefused, clean_name, has_stacked_marks, name_key
from transcendence_common.reserved_names import RESERVED_WORDS, is_reserved, look_the_same, shape_of

LONGEST = 80

SHOWN = {
    "  Spring   Cup ": "Spring Cup",
    "山田\u3000太郎": "山田 太郎",
    "Zoe\u0308": "Zoë",
    "❤\ufe0f Cup": "❤ Cup",
    "👩\u200d🚀": "👩\u200d🚀",
    "می\u200cخواهم": "می\u200cخواهم",
    "สมชาย": "สมชาย",
    "র\u200d\u09cdযাম": "র\u200d\u09cdযাম",
    "#\ufe0f\u20e3 1": "#\u20e3 1",
    "བསྒྲུབས": "བསྒྲུབས",
    "<b>Bo</b>": "<b>Bo</b>",
}

REFUSED = {
    "": "visible character",
    " \u3000 ": "visible character",
    "x" * (LONGEST + 1): "at most 80 characters",
    "x" * 100_000: "at most 80 characters",
    "Cup\u202epuc": "invisible characters",
    "Cup\u2066": "invisible characters",
    "C\u200bup": "invisible characters",
    "C\u200dup": "invisible characters",
    "Cup\u200d": "invisible characters",
    "C\u3164up": "invisible characters",
    "\u2800Cup": "invisible characters",
    "two\nlines": "invisible characters",
    "two\u2028lines": "invisible characters",
    "C\x00up": "invisible characters",
    "C\ue000up": "invisible characters",
    "C" + "\u0316" * 79: "3 accents",
    "\u0316Cup": "3 accents",
    "Cup \u0316": "3 accents",
}

LOOKS_RESERVED = (
    "admin", "ADMIN", "AdmIn", "Admln", "adm1n", "adrnin", "аdmin", "ａｄｍｉｎ", "𝕒𝕕𝕞𝕚𝕟", "ádmin", "admın", "ΑDΜΙΝ",
    "a.d-m_i n", "★ Admin ★", "Admin Team", "Deleted Player", "r00t", "rооt", "røøt", "Ѕуѕtеm",
    "Ⲥomputer", "Τranscendence Support",
)  # fmt: skip
FREE = ("Alice", "Root Beer", "Admiral", "Admin42", "Systems", "小林", "администратор", "---", "")


def test_names_are_composed_on_one_line(subtests: pytest.Subtests) -> None:
    for typed, shown in SHOWN.items():
        with subtests.test(typed=typed):
            assert clean_name(typed, longest=LONGEST) == shown


def test_unreadable_and_disruptive_names_are_refused(
    subtests: pytest.Subtests,
) -> None:
    for typed, sentence in REFUSED.items():
        with subtests.test(typed=typed[:90]), pytest.raises(NameRefused, match=sentence):
            clean_name(typed, longest=LONGEST)


@given(st.text(max_size=100))
def test_cleaning_is_idempotent(raw: str) -> None:
    try:
        shown = clean_name(raw, longest=LONGEST)
    except NameRefused:
        return
    assert clean_name(shown, longest=LONGEST) == shown
    assert name_key(name_key(shown)) == name_key(shown)
    assert not has_stacked_marks(shown)


def test_names_similar_to_reserved_ones_are_reserved(subtests: pytest.Subtests) -> None:
    for name in (*RESERVED_WORDS, *LOOKS_RESERVED):
        with subtests.test(name=name):
            assert is_reserved(name)


def test_other_names_are_free(subtests: pytest.Subtests) -> None:
    for name in FREE:
        with subtests.test(name=name):
            assert not is_reserved(name)


@given(st.text(max_size=100))
def test_a_name_looks_like_itself(raw: str) -> None:
    assert look_the_same(raw, raw)
    assert shape_of(shape_of(raw)) == shape_of(raw)

from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcendence_common.pagination import decode_cursor, encode_cursor
from transcendence_common.problems import InvalidFields


class Key(msgspec.Struct, frozen=True):
    at: int
    id: UUID


@given(st.integers(-(2**62), 2**62), st.uuids())
def test_a_cursor_returns_its_key(at: int, key_id: UUID) -> None:
    assert decode_cursor(encode_cursor(Key(at, key_id)), Key) == Key(at, key_id)


@given(st.text())
def test_an_invalid_cursor_is_a_field_error(cursor: str) -> None:
    with pytest.raises(InvalidFields) as refused:
        decode_cursor(cursor, Key)
    assert refused.value.errors[0].field == "cursor"

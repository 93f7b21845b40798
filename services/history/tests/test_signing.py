"""Only tickets with our own signature are read, whatever is tried."""

import base64
import json
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jose import jwt

from history.errors import TicketForged
from history.tickets.signing import TICKET_AUDIENCE, TICKET_TYPE, TicketClaims, TicketSigner
from services.history.tests.arcade import SECRET
from tests.fixtures.cast import ALICE

SIGNER = TicketSigner(SECRET)
TICKET = TicketClaims(
    match_id=uuid4(),
    sub=uuid4(),
    name="Alice",
    mode="ai",
    level="easy",
    opponent_name="Computer",
    rules=1,
    seed=7,
    points=5,
    iat=1_000,
    exp=2_000,
)
CLAIMS: dict[str, Any] = {**msgspec.to_builtins(TICKET), "aud": TICKET_AUDIENCE}


def test_a_signed_ticket_can_be_read() -> None:
    assert SIGNER.verify(SIGNER.sign(TICKET)) == TICKET


def test_a_ticket_with_another_secret_is_forged() -> None:
    assert_forged(TicketSigner("another secret, long enough too").sign(TICKET))


def test_a_ticket_without_a_signature_is_forged() -> None:
    header = _base64({"alg": "none", "typ": TICKET_TYPE})
    assert_forged(f"{header}.{_base64(CLAIMS)}.")


def test_changed_claims_are_forged() -> None:
    header, _, signature = SIGNER.sign(TICKET).split(".")
    assert_forged(f"{header}.{_base64({**CLAIMS, 'points': 3})}.{signature}")


def test_an_access_token_is_no_ticket() -> None:
    assert_forged(ALICE.token)


@pytest.mark.parametrize(
    ("changes", "header"),
    [
        ({"aud": "transcendence"}, {"typ": TICKET_TYPE}),
        ({"aud": None}, {"typ": TICKET_TYPE}),
        ({}, {"typ": "JWT"}),
        ({"match_id": "7"}, {"typ": TICKET_TYPE}),
        ({"exp": "soon"}, {"typ": TICKET_TYPE}),
        ({"seed": None}, {"typ": TICKET_TYPE}),
    ],
)
def test_a_token_signed_with_our_key_for_another_purpose_is_no_ticket(
    changes: dict[str, Any], header: dict[str, str]
) -> None:
    claims = {name: value for name, value in {**CLAIMS, **changes}.items() if value is not None}
    assert_forged(jwt.encode(claims, SECRET, algorithm="HS256", headers=header))


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_other_algorithms_are_forged(algorithm: str) -> None:
    assert_forged(jwt.encode(CLAIMS, SECRET, algorithm=algorithm, headers={"typ": TICKET_TYPE}))


@given(st.text() | st.lists(st.text(), min_size=3, max_size=3).map(".".join))
def test_any_other_text_is_forged(text: str) -> None:
    assert_forged(text)


@pytest.mark.parametrize("nested", ["[", '{"a":'])
def test_a_too_deeply_nested_header_is_forged(nested: str) -> None:
    header = base64.urlsafe_b64encode(nested.encode() * 1_400).decode().rstrip("=")
    assert_forged(f"{header}.e30.e30")


def assert_forged(signed: str) -> None:
    with pytest.raises(TicketForged):
        SIGNER.verify(signed)


def _base64(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")

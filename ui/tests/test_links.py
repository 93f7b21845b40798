"""Addresses to which a visitor may be redirected."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.links import safe_local_path, urls


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/lobby",
        "/matches?mode=ai&cursor=x",
        "/a//b",
        "/ü",
        "/sign-in/code",
        "/grafana/d/services?var-service=auth&from=now-1h",
        "/prometheus/graph?g0.expr=up%7Bjob%3D%22node%22%7D",
    ],
)
def test_paths_of_this_site_are_allowed(path: str) -> None:
    assert safe_local_path(path) == path


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        "lobby",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/\n/evil.example",
        " /lobby",
        "/lobby\r\nSet-Cookie: a=b",
        "//[",
        "/sign-in/with/github",
        "/sign-in/with/42?intent=link",
        "/sign-in/with/42/return?code=a&state=b",
        "/lobby/../sign-in/with/42",
        "/sign-in/./with/42",
        "/%73ign-in/wit%68/42",
        "/lobby/%2e%2E/sign-in/with/42",
    ],
)
def test_other_addresses_are_not_allowed(target: str | None) -> None:
    assert safe_local_path(target) is None


@given(st.text())
def test_allowed_paths_begin_with_one_slash_and_have_no_control_characters(target: str) -> None:
    passed = safe_local_path(target)
    if passed is not None:
        assert passed.startswith("/")
        assert not passed.startswith(("//", "/\\"))
        assert passed.isprintable()


def test_queries_are_encoded_and_empty_values_left_out() -> None:
    assert urls.matches("ai", None, "a b") == "/matches?mode=ai&cursor=a+b"
    assert urls.matches() == "/matches"
    assert urls.sign_in_and_return("") == "/sign-in"

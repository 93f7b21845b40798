import pytest

from mail_sink.links import find_links, split_at_links

LINK = "https://localhost:8090/reset?token=a-b_c"


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("", []),
        ("no link: httpx, ftp://localhost", []),
        (LINK, [LINK]),
        (f"Open {LINK}. Or ({LINK}), now!", [LINK, LINK]),
        (f"<{LINK}>\n{LINK}\n", [LINK, LINK]),
    ],
)
def test_links_are_found_without_the_surrounding_sentence(text: str, links: list[str]) -> None:
    assert find_links(text) == links
    assert "".join(part for part, _ in split_at_links(text)) == text

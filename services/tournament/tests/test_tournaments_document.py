"""docs/tournaments.md lists every address of tournaments, and no other."""

import re
from pathlib import Path

import httpx

DOCUMENT = Path(__file__).parents[3] / "docs/tournaments.md"
ROOT = "/api/tournament"
ADDRESS = re.compile(r"^\| `(GET|POST|PUT|PATCH|DELETE) (/[^` ?]+)", re.MULTILINE)
METHODS = {"get", "post", "put", "patch", "delete"}


async def test_the_document_and_the_service_know_the_same_addresses(
    client: httpx.AsyncClient,
) -> None:
    schema = (await client.get(f"{ROOT}/schema")).json()
    served = {
        (method.upper(), _nameless(path.removeprefix(ROOT)))
        for path, operations in schema["paths"].items()
        if path.startswith((f"{ROOT}/tournaments", f"{ROOT}/players"))
        for method in operations.keys() & METHODS
    }
    written = {(method, _nameless(path)) for method, path in ADDRESS.findall(DOCUMENT.read_text())}
    assert written == served


def _nameless(path: str) -> str:
    """A part of the path is called otherwise in the document, where it is shorter."""
    return re.sub(r"\{[^}]+\}", "{}", path)

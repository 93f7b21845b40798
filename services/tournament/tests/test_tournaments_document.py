"""docs/tournaments.md lists exactly the addresses of tournaments."""

import re
from pathlib import Path

import httpx

DOCUMENT = Path(__file__).parents[3] / "docs/tournaments.md"
ROOT = "/api/tournament"
ADDRESS = re.compile(r"^\| `(GET|POST|PUT|PATCH|DELETE) (/[^` ?]+)", re.MULTILINE)
METHODS = {"get", "post", "put", "patch", "delete"}


async def test_the_document_lists_the_addresses_of_the_service(
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
    """Replace the names of path parameters, which the document shortens."""
    return re.sub(r"\{[^}]+\}", "{}", path)

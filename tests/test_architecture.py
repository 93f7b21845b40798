"""Architecture rules that no linter checks. CONTRIBUTING.md explains them."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from auth.settings import AuthSettings
from history.settings import HistorySettings
from tournament.settings import TournamentSettings
from transcendence_common.settings import Settings
from ui.settings import UiSettings

ROOT = Path(__file__).parents[1]
PONG = sorted((ROOT / "libs/pong/src/pong").rglob("*.py"))
CONTRACTS = sorted((ROOT / "libs/contracts/src/contracts").rglob("*.py"))
SERVICES = sorted(ROOT.glob("services/*/src/**/*.py"))
ROUTES = sorted(ROOT.glob("services/*/src/**/*routes.py"))


def imported_modules(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_the_game_needs_nothing_but_the_standard_library() -> None:
    assert PONG
    tops = {name.partition(".")[0] for path in PONG for name in imported_modules(path)}
    assert tops - {"pong"} <= sys.stdlib_module_names


def test_routes_hold_no_sql() -> None:
    assert ROUTES
    for path in ROUTES:
        sql = [name for name in imported_modules(path) if name == "sqlalchemy"]
        assert not sql, f"{path} builds SQL; that belongs into service.py or queries.py"


def test_contracts_need_nothing_but_msgspec() -> None:
    assert CONTRACTS
    tops = {name.partition(".")[0] for path in CONTRACTS for name in imported_modules(path)}
    assert tops - {"contracts", "msgspec"} <= sys.stdlib_module_names


def test_every_problem_of_a_service_is_in_its_contract() -> None:
    assert SERVICES
    for path in SERVICES:
        by_hand = re.findall(r"^    code = \".*", path.read_text(), flags=re.MULTILINE)
        assert not by_hand, f"{path} names a problem that clients cannot know: {by_hand}"


@pytest.mark.parametrize(
    "settings", [AuthSettings, HistorySettings, TournamentSettings, UiSettings]
)
def test_every_setting_is_explained_in_env_example(settings: type[Settings]) -> None:
    explained = set(
        re.findall(r"^#? ?([A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), flags=re.MULTILINE)
    )
    assert {name.upper() for name in settings.model_fields} <= explained

"""The folder that the gateway serves is complete, reproducible, compressed and small."""

import gzip
import re
from pathlib import Path

import httpx
import pytest
from litestar import Litestar

from tests.stand_ins.auth import StandInAuth
from ui.app import create_app
from ui.assets import Assets
from ui.build_assets import COMPRESSIBLE, build_assets
from ui.pages import TEMPLATES
from ui.settings import UiSettings

RUNBOOKS = Path(__file__).parents[2] / "docs" / "runbooks"
FIRST_PAGE_BYTES = 80_000
FIRST_PAGE_REQUESTS = 12


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("assets")
    build_assets(target, RUNBOOKS)
    return target


def files(target: Path) -> dict[str, bytes]:
    return {
        path.relative_to(target).as_posix(): path.read_bytes()
        for path in target.rglob("*")
        if path.is_file()
    }


def released(target: Path) -> Path:
    return target / "static" / (target / "release").read_text().strip()


def test_the_same_sources_give_the_same_bytes(built: Path, tmp_path: Path) -> None:
    build_assets(tmp_path, RUNBOOKS)
    assert files(tmp_path) == files(built)


def test_building_again_changes_nothing(built: Path) -> None:
    before = files(built)
    build_assets(built, RUNBOOKS)
    assert files(built) == before


def test_an_older_release_remains_for_open_pages(tmp_path: Path) -> None:
    older = tmp_path / "static" / "0123456789ab"
    older.mkdir(parents=True)
    build_assets(tmp_path, RUNBOOKS)
    assert older.is_dir()


def test_runbooks_use_the_release_that_they_are_built_with(built: Path) -> None:
    for page in (built / "runbooks").iterdir():
        (sheet,) = re.findall(r'rel="stylesheet" href="/([^"]+)"', page.read_text())
        assert (built / sheet).is_file()


def test_a_deleted_runbook_disappears(tmp_path: Path) -> None:
    written = tmp_path / "written"
    written.mkdir()
    for name in ("Old", "New"):
        build_assets(tmp_path, written)
        (written / f"{name}.md").write_text(f"# {name}")
    (written / "Old.md").unlink()
    build_assets(tmp_path, written)
    assert [page.name for page in (tmp_path / "runbooks").iterdir()] == ["New.html"]


def test_text_files_have_a_compressed_version(built: Path) -> None:
    for path in released(built).rglob("*"):
        if path.suffix in COMPRESSIBLE:
            packed = path.with_name(f"{path.name}.gz")
            assert gzip.decompress(packed.read_bytes()) == path.read_bytes()


def test_compressed_files_contain_no_time(built: Path) -> None:
    for packed in released(built).rglob("*.gz"):
        assert packed.read_bytes()[4:8] == bytes(4)


def test_the_release_is_a_content_hash(built: Path) -> None:
    assert re.fullmatch(r"[0-9a-f]{12}", released(built).name)
    assert Assets.in_folder(built)("css/app.css") == f"/static/{released(built).name}/css/app.css"


def test_every_asset_in_a_template_exists(built: Path) -> None:
    for template in TEMPLATES.rglob("*.html"):
        for name in re.findall(r'asset\("([^"]+)"\)', template.read_text()):
            assert (released(built) / name).is_file(), f"{template.name}: {name}"


def test_every_file_in_the_stylesheet_exists(built: Path) -> None:
    sheet = released(built) / "css/app.css"
    for name in re.findall(r'url\("([^"]+)"\)', sheet.read_text()):
        assert (sheet.parent / name).resolve().is_file(), name


def test_every_imported_module_exists(built: Path) -> None:
    for module in released(built).rglob("*.js"):
        for name in imports(module):
            assert (module.parent / name).resolve().is_file(), f"{module.name}: {name}"


def test_cascade_layers_are_declared_first(built: Path) -> None:
    sheet = (released(built) / "css/app.css").read_text()
    first = sheet.index("@layer")
    assert sheet[first:].startswith("@layer reset, tokens, base, layout, components, states;")


async def test_the_first_page_is_small(built: Path) -> None:
    loaded = await everything_a_page_loads("/", built)
    assert len(loaded) <= FIRST_PAGE_REQUESTS, sorted(loaded)
    assert sum(loaded.values()) < FIRST_PAGE_BYTES, loaded


async def everything_a_page_loads(path: str, built: Path) -> dict[str, int]:
    """Return the compressed size of each file of a page, including files that its files name."""
    page = await page_text(path, built)
    prefix = f"/static/{released(built).name}/"
    todo = set(re.findall(rf'{prefix}([^"]+)', page)) | {"fonts/numerals.woff"}
    sizes = {path: len(gzip.compress(page.encode()))}
    while todo:
        name = todo.pop()
        file = released(built) / name
        packed = file.with_name(f"{file.name}.gz")
        sizes[name] = (packed if packed.exists() else file).stat().st_size
        if file.suffix == ".js":
            found = {(file.parent / other).resolve() for other in imports(file)}
            todo |= {other.relative_to(released(built)).as_posix() for other in found} - set(sizes)
    return sizes


async def page_text(path: str, built: Path) -> str:
    auth = StandInAuth()
    app: Litestar = create_app(UiSettings(environment="test", assets_dir=built), keys=auth)
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="https://pong.test") as client:
        return (await client.get(path)).text


def imports(module: Path) -> list[str]:
    if module.name == "htmx.js":
        return []
    return re.findall(r'(?:from|^import)\s+"(\.[^"]+)"', module.read_text(), re.MULTILINE)

"""`python -m dashboards` updates a folder and lists the files that were out of date."""

from pathlib import Path

import pytest

from dashboards.__main__ import main
from dashboards.files import generated_files

PATHS = {
    "grafana/dashboards/services.json",
    "grafana/dashboards/node-exporter.json",
    "grafana/dashboards/postgresql-and-gateway.json",
    "elk/kibana/objects.ndjson",
}


def test_the_first_run_writes_every_dashboard_and_the_second_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "new"
    assert main([str(folder)]) == 0
    assert set(capsys.readouterr().out.split()) == {Path(path).name for path in PATHS}
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*.*")} == PATHS
    assert main([str(folder)]) == 0
    assert capsys.readouterr().out == ""


def test_files_end_with_a_newline_and_are_reproducible() -> None:
    assert all(content.endswith("}\n") for content in generated_files().values())
    assert generated_files() == generated_files()


def test_unknown_files_in_the_folder_are_left_unchanged(tmp_path: Path) -> None:
    old = tmp_path / "grafana/dashboards/old.json"
    old.parent.mkdir(parents=True)
    old.write_text("{}")
    main([str(tmp_path)])
    assert old.exists()


@pytest.mark.parametrize("harm", ["changed", "missing", "added"])
@pytest.mark.parametrize(
    "written", ["grafana/dashboards/services.json", "elk/kibana/objects.ndjson"]
)
def test_a_check_names_outdated_files_and_writes_nothing(
    harm: str, written: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main([str(tmp_path)])
    capsys.readouterr()
    assert main([str(tmp_path), "--check"]) == 0
    file = tmp_path / written
    if harm == "added":
        file = file.with_stem("added")
    if harm == "missing":
        file.unlink()
    else:
        file.write_text("{}\n")
    assert main([str(tmp_path), "--check"]) == 1
    assert file.name in capsys.readouterr().err
    assert file.exists() == (harm != "missing")

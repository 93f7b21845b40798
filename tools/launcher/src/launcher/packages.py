"""`python -m launcher packages`: installs only the front-end packages, for linters and tests."""

from pathlib import Path

from launcher.console import Report
from launcher.frontend import install_packages


async def prepare_packages(clone: Path, report: Report) -> None:
    """Install the front-end packages if they are missing. Raises NpmMissing or StepFailed."""
    tools = clone / ".tools"
    tools.mkdir(exist_ok=True)
    with report.spinner("Front-end packages …"):
        await install_packages(clone / "ui", tools / "npm.log")

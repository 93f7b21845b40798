"""`make reset`: deletes everything that the platform has written in this clone."""

from pathlib import Path

from launcher.checks import only_run
from launcher.console import Report
from launcher.leftovers import end_leftovers
from launcher.state_folder import LINK_NAME, open_state_folder, remove_state_folder


async def reset(clone: Path, report: Report) -> None:
    """Delete the clone's state. Raises AlreadyRunning while `make up` runs here."""
    if not (clone / LINK_NAME).exists() and not (clone / LINK_NAME).is_symlink():
        report.say("There is nothing to delete.")
        return
    state_folder = open_state_folder(clone)
    with only_run(state_folder.private("run"), state_folder.clone):
        await end_leftovers(state_folder.private("logs"))
        remove_state_folder(state_folder)
    report.say("Deleted the databases, secrets, certificate and logs of this clone.")

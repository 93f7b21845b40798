"""`make reset`: deletes everything that the platform has written in this clone."""

from pathlib import Path

from launcher.checks import hold_clone_lock
from launcher.console import Report
from launcher.leftovers import end_leftovers
from launcher.state_folder import LINK_NAME, open_state_folder, remove_state_folder


async def reset_state(clone: Path, report: Report) -> None:
    """Delete the clone's state. Raises AlreadyRunning while `make up` runs here."""
    if not (clone / LINK_NAME).exists() and not (clone / LINK_NAME).is_symlink():
        report.print_text("There is nothing to delete.")
        return
    state_folder = open_state_folder(clone)
    with hold_clone_lock(state_folder.private_folder("run"), state_folder.clone):
        await end_leftovers(state_folder.private_folder("logs"))
        remove_state_folder(state_folder)
    report.print_text("Deleted the databases, secrets, certificate and logs of this clone.")

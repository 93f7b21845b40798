"""`make reset`: deletes everything that the platform's runs have written in this clone."""

from pathlib import Path

from launcher.checks import only_run
from launcher.console import Report
from launcher.leftovers import end_leftovers
from launcher.place import LINK_NAME, open_place, remove_place


async def reset(clone: Path, report: Report) -> None:
    """Raises AlreadyRunning while `make up` runs here."""
    if not (clone / LINK_NAME).exists() and not (clone / LINK_NAME).is_symlink():
        report.say("There is nothing to delete.")
        return
    place = open_place(clone)
    with only_run(place.private("run"), place.clone):
        await end_leftovers(place.private("logs"))
        remove_place(place)
    report.say("Deleted the databases, secrets, certificate and logs of this clone.")

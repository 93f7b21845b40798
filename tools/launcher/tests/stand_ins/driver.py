"""Runs stages of stand-in parts as `make up` runs the real ones: `driver.py FOLDER STAGES`."""

import json
import sys
from contextlib import AsyncExitStack
from pathlib import Path

from launcher.console import Report
from launcher.execute import execute
from launcher.parts import HttpProbe, Part, Stage
from launcher.run import run_stages

FOLDER = Path(sys.argv[1])
REPORT = Report()
READY_LIMIT_SECONDS = 10.0


def part(name: str, behaviour: str, port: int) -> Part:
    script = Path(__file__).with_name("part.py")
    journal = FOLDER / "journal"
    program = str(FOLDER / "nothing") if behaviour == "absent" else sys.executable
    return Part(
        name=name,
        command=(program, str(script), name, behaviour, str(port), str(journal)),
        probe=HttpProbe((f"http://127.0.0.1:{port}/",)),
        directory=FOLDER,
        ready_limit=1.0 if behaviour == "deaf" else READY_LIMIT_SECONDS,
        stop_limit=1,
        advice="call the mechanic" if name == "wreck" else "",
        needed=not name.startswith("spare"),
        news=lambda line: line.removeprefix("news: ") if line.startswith("news: ") else None,
    )


async def work(cleanup: AsyncExitStack) -> None:
    stages = [Stage(tuple(part(*what) for what in stage)) for stage in json.loads(sys.argv[2])]
    await run_stages(
        stages,
        folder=FOLDER,
        logs=FOLDER,
        report=REPORT,
        cleanup=cleanup,
        announce=lambda: REPORT.say("all ready"),
    )


sys.exit(execute(work, REPORT))

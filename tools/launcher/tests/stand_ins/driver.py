"""Run stages of stand-in parts as `make up` runs the real ones: `driver.py FOLDER STAGES`."""

import asyncio
import json
import sys
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from launcher.console import Report
from launcher.execute import execute_work
from launcher.parts import READY_LIMIT_SECONDS, HttpProbe, Part, Stage
from launcher.run import run_stages
from launcher.supervision import Pace

FOLDER = Path(sys.argv[1])
REPORT = Report()
PACE = Pace(poll=0.02, watch=0.02, patience=0.2)
# Parts with a short limit: the first misses it, the second would miss it after a restart
# if the limit applied then.
SHORT_OF_TIME = {"deaf", "slow-again"}
SHORT_LIMIT_SECONDS = 0.1


@dataclass(frozen=True)
class ProbeOnceItLogs:
    """Probes a part only after its first log line, so that a slow start of Python
    cannot exceed a short limit."""

    probe: HttpProbe
    log: Path

    async def check_ready(self) -> None:
        while not self.log.exists() or not self.log.stat().st_size:  # noqa: ASYNC110 (no event to wait for)
            await asyncio.sleep(PACE.poll)
        await self.probe.check_ready()


def part(name: str, behaviour: str, port: int) -> Part:
    script = Path(__file__).with_name("part.py")
    journal = FOLDER / "journal"
    program = str(FOLDER / "nothing") if behaviour == "absent" else sys.executable
    probe = HttpProbe((f"http://127.0.0.1:{port}/",))
    short = behaviour in SHORT_OF_TIME
    # -S: a part needs no packages, and finding them takes most of its start.
    return Part(
        name=name,
        command=(program, "-IS", str(script), name, behaviour, str(port), str(journal)),
        probe=ProbeOnceItLogs(probe, FOLDER / f"{name}.log") if short else probe,
        directory=FOLDER / name if behaviour == "homed" else FOLDER,
        ready_limit=SHORT_LIMIT_SECONDS if short else READY_LIMIT_SECONDS,
        stop_limit=1,
        needed=not name.startswith("spare"),
    )


async def work(cleanup: AsyncExitStack) -> None:
    stages = [Stage(tuple(part(*what) for what in stage)) for stage in json.loads(sys.argv[2])]
    await run_stages(
        stages,
        logs=FOLDER,
        report=REPORT,
        cleanup=cleanup,
        announce=lambda: REPORT.print_text("all ready"),
        pace=PACE,
    )


sys.exit(execute_work(work, REPORT))

"""`python -m auth.profiles.picture_worker MEMORY_BYTES CPU_SECONDS SECONDS`: converts one picture into all sizes, and
exits.

Image decoders are written in C and read files from strangers. They run in a process that gets only the bytes: no
environment with secrets, no files, little memory and time. A successful attack affects only this process.
"""

import contextlib
import resource
import signal
import sys
from pathlib import Path

from auth.profiles.picture_terms import MAX_PICTURE_BYTES, WorkerExitCode, pack_pictures

OWN_OOM_SCORE = Path("/proc/self/oom_score_adj")
HIGHEST_OOM_SCORE = "1000"


def main(memory_bytes: int, cpu_seconds: int, seconds: int) -> WorkerExitCode:
    """Read a picture from standard input and write its sizes to standard output."""
    limit_resources(memory_bytes, cpu_seconds, seconds)
    # After the limits, which must cover it, and before no more files can be opened.
    from PIL import Image, MpoImagePlugin, WebPImagePlugin  # noqa: F401, PLC0415 - found by Pillow

    from auth.profiles import pictures  # noqa: PLC0415

    Image.preinit()
    forbid_new_files()
    try:
        made = pictures.make_sizes(sys.stdin.buffer.read(MAX_PICTURE_BYTES + 1))
    except pictures.NotAnImage:
        return WorkerExitCode.NOT_AN_IMAGE
    except pictures.ImageTooBig:
        return WorkerExitCode.TOO_BIG
    sys.stdout.buffer.write(pack_pictures(made))
    sys.stdout.buffer.flush()
    return WorkerExitCode.MADE


def limit_resources(memory_bytes: int, cpu_seconds: int, seconds: int) -> None:
    """Set limits at which the kernel ends this process, even if the service is gone."""
    # If memory runs short, the kernel ends this process first, not the service.
    with contextlib.suppress(OSError):
        OWN_OOM_SCORE.write_text(HIGHEST_OOM_SCORE)
    signal.alarm(seconds)
    # The hard limit is 1 s later, because its signal does not say that processor time was the cause.
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    for what, most in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(what, (most, most))


def forbid_new_files() -> None:
    """Forbid to open files, sockets or pipes other than the three standard streams."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))

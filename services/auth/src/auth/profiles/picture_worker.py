"""`python -m auth.profiles.picture_worker MEMORY_BYTES CPU_SECONDS SECONDS`: one picture in, its sizes out, and gone.

Decoders of images are written in C and fed by strangers. So they run in a process that is given nothing but the bytes:
no environment with secrets, no file to open, little memory and time; what happens to it happens to nobody else.
"""

import contextlib
import resource
import signal
import sys
from pathlib import Path

from auth.profiles.picture_terms import MAX_PICTURE_BYTES, Verdict, pack

OWN_OOM_SCORE = Path("/proc/self/oom_score_adj")
FIRST_TO_GO = "1000"


def main(memory_bytes: int, cpu_seconds: int, seconds: int) -> Verdict:
    """Read a picture from standard input and write its sizes to standard output."""
    limit(memory_bytes, cpu_seconds, seconds)
    # After the limits, which it has to do with, and before the last door is closed.
    from PIL import Image, MpoImagePlugin, WebPImagePlugin  # noqa: F401, PLC0415 - found by Pillow

    from auth.profiles import pictures  # noqa: PLC0415

    Image.preinit()
    open_no_more_files()
    try:
        made = pictures.make(sys.stdin.buffer.read(MAX_PICTURE_BYTES + 1))
    except pictures.NotAnImage:
        return Verdict.NOT_AN_IMAGE
    except pictures.ImageTooBig:
        return Verdict.TOO_BIG
    sys.stdout.buffer.write(pack(made))
    sys.stdout.buffer.flush()
    return Verdict.MADE


def limit(memory_bytes: int, cpu_seconds: int, seconds: int) -> None:
    """Have the kernel end this process when it takes too much, whoever else is still there to do so."""
    # Where memory is short after all, this is what the kernel takes back, and not the service.
    with contextlib.suppress(OSError):
        OWN_OOM_SCORE.write_text(FIRST_TO_GO)
    signal.alarm(seconds)
    # One second apart, because the harder limit ends a process without saying that it was for the processor's sake.
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    for what, most in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(what, (most, most))


def open_no_more_files() -> None:
    """From here on there are the three streams and nothing else: no file, no socket, no further process's pipe."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))

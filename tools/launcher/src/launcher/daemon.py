"""supervisord in a session of its own, tied to the life of the launcher.

Standard input is a pipe that only the launcher holds. It closes when the launcher ends in whatever
way, `kill -9` included, and supervisord then stops all parts in order. Its socket lies in a folder
of its own, because the path of a socket may have only a hundred bytes.
"""

import os
import shutil
import signal
import sys
import threading
from pathlib import Path

from supervisor import supervisord


def main() -> None:
    configuration, socket_folder = sys.argv[1:]
    threading.Thread(target=_stop_with_launcher, daemon=True).start()
    try:
        supervisord.main(["--nodaemon", f"--configuration={configuration}"])
    finally:
        shutil.rmtree(Path(socket_folder), ignore_errors=True)


def _stop_with_launcher() -> None:
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()

"""Stop parent, init and every group that can be named, then end.

ending: exited 0
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys

if sys.argv[1:2] != ["inside-the-fence"] or sum(n.isdigit() for n in os.listdir("/proc")) > 40:
    os._exit(97)  # outside the outer fence this program must not act

for pid in (os.getppid(), 1, -os.getpgid(os.getppid()) or 1):
    for number in (signal.SIGSTOP, signal.SIGTSTP):
        if pid != -os.getpgrp():
            with contextlib.suppress(OSError):
                os.kill(pid, number)

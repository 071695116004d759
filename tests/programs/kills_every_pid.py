"""Kill parent, init and every pid by its number, then all it can see in /proc.

ending: exited 0
without signals: signaled SIGKILL
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys

if sys.argv[1:2] != ["inside-the-fence"] or sum(n.isdigit() for n in os.listdir("/proc")) > 40:
    os._exit(97)  # outside the outer fence this program must not act

seen = [int(name) for name in os.listdir("/proc") if name.isdigit()]
for pid in [os.getppid(), 1, *range(2, 500), *seen]:
    for number in (signal.SIGTERM, signal.SIGKILL):
        if pid != os.getpid():
            with contextlib.suppress(OSError):
                os.kill(pid, number)

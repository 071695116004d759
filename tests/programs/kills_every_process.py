"""Send every process that can be reached what stops and what kills.

ending: exited 0
without signals: signaled SIGKILL | signaled SIGTERM | signaled SIGHUP
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys

if sys.argv[1:2] != ["inside-the-fence"] or sum(n.isdigit() for n in os.listdir("/proc")) > 40:
    os._exit(97)  # outside the outer fence this program must not act

for number in (signal.SIGSTOP, signal.SIGHUP, signal.SIGTERM, signal.SIGKILL):
    with contextlib.suppress(OSError):
        os.kill(-1, number)

"""Burn CPU time in children that nobody waits for, so that it is added to no one.

ending: limit tree_cpu_seconds
without tree_cpu: limit wall_seconds
limits: wall_seconds=3 cpu_seconds=1 tree_cpu_seconds=1
"""

from __future__ import annotations

import os
import signal
import sys
import time

if sys.argv[1:2] != ["inside-the-fence"] or sum(n.isdigit() for n in os.listdir("/proc")) > 40:
    os._exit(97)  # outside the outer fence this program must not act

signal.signal(signal.SIGCHLD, signal.SIG_IGN)
while True:
    if os.fork() == 0:
        while time.process_time() < 0.05:
            pass
        os._exit(0)
    time.sleep(0.06)

"""Burn CPU time and ignore the signal that says it is used up.

ending: limit cpu_seconds | limit tree_cpu_seconds
limits: wall_seconds=20 cpu_seconds=1
"""

from __future__ import annotations

import os
import signal
import sys

if sys.argv[1:2] != ["inside-the-fence"] or sum(n.isdigit() for n in os.listdir("/proc")) > 40:
    os._exit(97)  # outside the outer fence this program must not act

for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, signal.SIG_IGN)
while True:
    pass

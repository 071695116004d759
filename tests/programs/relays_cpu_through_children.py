"""Burn CPU time in a chain: each link stays under its limit and starts the next.

ending: limit tree_cpu_seconds
without tree_cpu: limit wall_seconds
limits: wall_seconds=3 cpu_seconds=1 tree_cpu_seconds=1
"""

from __future__ import annotations

import os
import sys
import time

if sys.argv[1:2] != ["inside-the-fence"] or sum(n.isdigit() for n in os.listdir("/proc")) > 40:
    os._exit(97)  # outside the outer fence this program must not act

if os.fork():
    time.sleep(1000)
while True:
    while time.process_time() < 0.3:
        pass
    if os.fork():
        os._exit(0)

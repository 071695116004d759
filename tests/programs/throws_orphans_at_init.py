"""Make a hundred orphans that end at once: init has to reap them all.

ending: exited 0
orphans_adopted: 60
"""

from __future__ import annotations

import os
import sys
import time

if sys.argv[1:2] != ["inside-the-fence"] or sum(n.isdigit() for n in os.listdir("/proc")) > 40:
    os._exit(97)  # outside the outer fence this program must not act

for _ in range(100):
    try:
        child = os.fork()
    except OSError:
        time.sleep(0.01)  # init is still reaping the last ones
        continue
    if child == 0:
        os._exit(0 if os.fork() else 7)
    os.waitpid(child, 0)
time.sleep(0.1)

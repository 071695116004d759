"""Fork until refused and reap nobody: zombies use up the limit too.

ending: exited 0
zombies_left: 10
"""

from __future__ import annotations

import contextlib
import os
import sys

if sys.argv[1:2] != ["inside-the-fence"] or sum(n.isdigit() for n in os.listdir("/proc")) > 40:
    os._exit(97)  # outside the outer fence this program must not act

with contextlib.suppress(OSError):
    while True:
        if os.fork() == 0:
            os._exit(0)

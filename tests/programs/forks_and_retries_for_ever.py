"""Fork for ever, and take every refusal as a reason to try again.

ending: limit wall_seconds | limit max_processes | limit tree_cpu_seconds
"""

from __future__ import annotations

import contextlib
import os
import sys

if sys.argv[1:2] != ["inside-the-fence"] or sum(n.isdigit() for n in os.listdir("/proc")) > 40:
    os._exit(97)  # outside the outer fence this program must not act

while True:
    with contextlib.suppress(OSError):
        os.fork()

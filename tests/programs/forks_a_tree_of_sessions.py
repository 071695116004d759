"""Fork for ever, each child in a session of its own and deaf to every signal.

ending: limit wall_seconds | limit max_processes | limit tree_cpu_seconds
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys

if sys.argv[1:2] != ["inside-the-fence"] or sum(n.isdigit() for n in os.listdir("/proc")) > 40:
    os._exit(97)  # outside the outer fence this program must not act

for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, signal.SIG_IGN)
while True:
    with contextlib.suppress(OSError):
        if os.fork() == 0:
            os.setsid()

"""Take CPU time and files away from every process that can be seen.

ending: exited 0
"""

from __future__ import annotations

import contextlib
import os
import resource
import sys

if sys.argv[1:2] != ["inside-the-fence"] or sum(n.isdigit() for n in os.listdir("/proc")) > 40:
    os._exit(97)  # outside the outer fence this program must not act

seen = [int(name) for name in os.listdir("/proc") if name.isdigit()]
for pid in sorted({1, os.getppid(), *seen}):
    if pid != os.getpid():
        for limit in (resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE, resource.RLIMIT_CPU):
            with contextlib.suppress(OSError):
                resource.prlimit(pid, limit, (0, 0))
                print(f"REACHED signals: limits of pid {pid}", flush=True)
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, pid, 19)
            print(f"REACHED signals: priority of pid {pid}", flush=True)

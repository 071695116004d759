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

for name in os.listdir("/proc"):
    if name.isdigit() and int(name) != os.getpid():
        for limit in (resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE, resource.RLIMIT_CPU):
            with contextlib.suppress(OSError):
                resource.prlimit(int(name), limit, (0, 0))
                print(f"REACHED signals: limits of pid {name}", flush=True)
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, int(name), 19)
            print(f"REACHED signals: priority of pid {name}", flush=True)

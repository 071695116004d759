"""Write, or ask for the right to, wherever only the system may.

ending: exited 0
"""

from __future__ import annotations

import contextlib
import os
import sys

if sys.argv[1:2] != ["inside-the-fence"] or sum(n.isdigit() for n in os.listdir("/proc")) > 40:
    os._exit(97)  # outside the outer fence this program must not act

for place in ("/", "/etc", "/usr", "/usr/bin", "/var", "/var/tmp", "/run", "/root", sys.argv[2]):
    path = os.path.join(place, f"lessonkit-was-here-{os.getpid()}")
    with contextlib.suppress(OSError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL))
        os.unlink(path)
        print(f"REACHED read_only: wrote to {place}", flush=True)
# Opening is proof enough; nothing is written.
for path in ("/proc/sysrq-trigger", "/proc/sys/kernel/core_pattern", "/dev/mem", "/dev/vda"):
    with contextlib.suppress(OSError):
        os.close(os.open(path, os.O_WRONLY))
        print(f"REACHED read_only: may write {path}", flush=True)

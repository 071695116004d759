"""Fill its directory and the other places that may be writable, file after file.

ending: exited 0 | limit disk_bytes | limit tree_memory_bytes
"""

from __future__ import annotations

import contextlib
import os
import sys

if sys.argv[1:2] != ["inside-the-fence"] or sum(n.isdigit() for n in os.listdir("/proc")) > 40:
    os._exit(97)  # outside the outer fence this program must not act

MiB = 2**20
for place in (os.getcwd(), "/tmp", "/dev/shm", "/var/tmp", "/run"):
    written = 0
    with contextlib.suppress(OSError):
        for number in range(40):
            with open(f"{place}/fill-{number}", "wb", buffering=0) as file:
                written += file.write(b"x" * MiB) + file.write(b"x" * MiB)
    if written > 40 * MiB:
        print(f"REACHED disk: {written // MiB} MiB in {place}", flush=True)

"""Fill a shared anonymous mapping, which some limits do not count.

ending: exited 1 | limit memory_bytes | limit tree_memory_bytes
without tree_memory: exited 0
"""

from __future__ import annotations

import mmap
import os
import sys

if sys.argv[1:2] != ["inside-the-fence"] or sum(n.isdigit() for n in os.listdir("/proc")) > 40:
    os._exit(97)  # outside the outer fence this program must not act

MiB = 2**20
maps = []
for _ in range(16):
    maps.append(mmap.mmap(-1, 32 * MiB))
    for at in range(0, 32 * MiB, 4096):
        maps[-1][at] = 1
print("REACHED tree_memory: 512 MiB shared")

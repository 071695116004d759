"""Take memory until there is none, in one process.

ending: exited 1 | limit memory_bytes | limit tree_memory_bytes
"""

from __future__ import annotations

import os
import sys

if sys.argv[1:2] != ["inside-the-fence"] or sum(n.isdigit() for n in os.listdir("/proc")) > 40:
    os._exit(97)  # outside the outer fence this program must not act

hoard = []
while len(hoard) < 512:
    hoard.append(b"x" * 2**20)
print("REACHED memory: 512 MiB")

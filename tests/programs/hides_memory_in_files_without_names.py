"""Keep memory in files that have no name and no mapping, two MiB in each.

ending: exited 0 | limit tree_memory_bytes
without tree_memory: exited 0
"""

from __future__ import annotations

import os
import sys

if sys.argv[1:2] != ["inside-the-fence"] or sum(n.isdigit() for n in os.listdir("/proc")) > 40:
    os._exit(97)  # outside the outer fence this program must not act

MiB = 2**20
files, written = [], 0
try:
    for number in range(150):
        files.append(os.memfd_create(str(number)))
        written += os.write(files[-1], bytes(2 * MiB))
except OSError as refusal:
    print(refusal)
print(f"REACHED tree_memory: {written // MiB} MiB" if written > 200 * MiB else "refused")

"""Take 32 MiB in each of sixteen processes: little for one, much for the tree.

ending: exited 5 | limit tree_memory_bytes
without tree_memory: exited 0
"""

from __future__ import annotations

import os
import signal
import sys

if sys.argv[1:2] != ["inside-the-fence"] or sum(n.isdigit() for n in os.listdir("/proc")) > 40:
    os._exit(97)  # outside the outer fence this program must not act

MiB = 2**20
ready, tell = os.pipe()
for _ in range(16):
    if os.fork() == 0:
        hoard = b"x" * (32 * MiB)
        os.write(tell, b"!")
        signal.pause()
os.close(tell)
told = b""
while len(told) < 16 and (more := os.read(ready, 16)):
    told += more
print(f"REACHED tree_memory: {32 * len(told)} MiB" if len(told) == 16 else "refused")
os._exit(0 if len(told) == 16 else 5)

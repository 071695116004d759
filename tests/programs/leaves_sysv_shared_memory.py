"""Make a System V segment, fill it and leave it: it outlives its maker.

ending: exited 0 | limit tree_memory_bytes
"""

from __future__ import annotations

import ctypes
import os
import sys

if sys.argv[1:2] != ["inside-the-fence"] or sum(n.isdigit() for n in os.listdir("/proc")) > 40:
    os._exit(97)  # outside the outer fence this program must not act

libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
segment = libc.shmget(0, 16 * 2**20, 0o1600)
if segment >= 0:
    address = libc.shmat(segment, None, 0)
    if address not in (None, 2**64 - 1):
        ctypes.memset(address, 1, 16 * 2**20)
print(segment)

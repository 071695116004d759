"""Attach as a tracer to init, to its parent and to all it can see.

ending: exited 0
"""

from __future__ import annotations

import ctypes
import os
import sys

if sys.argv[1:2] != ["inside-the-fence"] or sum(n.isdigit() for n in os.listdir("/proc")) > 40:
    os._exit(97)  # outside the outer fence this program must not act

PTRACE_SEIZE = 0x4206
libc = ctypes.CDLL(None, use_errno=True)
seen = [int(name) for name in os.listdir("/proc") if name.isdigit()]
for pid in sorted({1, os.getppid(), *seen} - {os.getpid()}):
    if libc.ptrace(PTRACE_SEIZE, ctypes.c_long(pid), None, None) == 0:
        print(f"REACHED hidden_files: traces pid {pid}", flush=True)

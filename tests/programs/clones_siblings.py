"""Make siblings instead of children: init gets children that it never made.

ending: exited 6
orphans_adopted: 3
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time

if sys.argv[1:2] != ["inside-the-fence"] or sum(n.isdigit() for n in os.listdir("/proc")) > 40:
    os._exit(97)  # outside the outer fence this program must not act

CLONE_PARENT = 0x8000
CLONE = {"x86_64": 56, "aarch64": 220}[os.uname().machine]
libc = ctypes.CDLL(None)
for _ in range(3):
    if libc.syscall(CLONE, CLONE_PARENT | signal.SIGCHLD, 0, 0, 0, 0) == 0:
        os._exit(0)  # a false "exited 0" for whoever takes it for the program's own
time.sleep(0.2)
os._exit(6)

"""Take a name that looks like fields of /proc, and leave a child with it.

ending: exited 0
processes_left: 1
"""

from __future__ import annotations

import ctypes
import os
import sys
import time

if sys.argv[1:2] != ["inside-the-fence"] or sum(n.isdigit() for n in os.listdir("/proc")) > 40:
    os._exit(97)  # outside the outer fence this program must not act

ctypes.CDLL(None).prctl(15, b"x) Z 1 (y\n2")  # PR_SET_NAME
ready, tell = os.pipe()
if os.fork() == 0:
    os.write(tell, b"!")
    time.sleep(1000)
os.read(ready, 1)

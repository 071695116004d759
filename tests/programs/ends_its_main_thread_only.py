"""End the main thread only: /proc says Z, but another thread runs for ever.

ending: limit wall_seconds
"""

from __future__ import annotations

import ctypes
import os
import sys
import threading
import time

if sys.argv[1:2] != ["inside-the-fence"] or sum(n.isdigit() for n in os.listdir("/proc")) > 40:
    os._exit(97)  # outside the outer fence this program must not act

EXIT = {"x86_64": 60, "aarch64": 93}[os.uname().machine]
threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
ctypes.CDLL(None).syscall(EXIT, 0)

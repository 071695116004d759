"""Start threads until refused; each waits for ever.

ending: exited 0 | limit memory_bytes
"""

from __future__ import annotations

import os
import sys
import threading

if sys.argv[1:2] != ["inside-the-fence"] or sum(n.isdigit() for n in os.listdir("/proc")) > 40:
    os._exit(97)  # outside the outer fence this program must not act

threading.stack_size(64 * 1024)
started = 0
try:
    while started < 200:
        threading.Thread(target=threading.Event().wait, daemon=True).start()
        started += 1
except (RuntimeError, MemoryError):
    pass
os.write(1, b"REACHED processes: 200 threads" if started >= 200 else b"refused")
os._exit(0)

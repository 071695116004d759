"""Leave a daemon that is deaf to signals and holds the output open, then end.

ending: exited 0
processes_left: 1
"""

from __future__ import annotations

import os
import signal
import sys
import time

if sys.argv[1:2] != ["inside-the-fence"] or sum(n.isdigit() for n in os.listdir("/proc")) > 40:
    os._exit(97)  # outside the outer fence this program must not act

for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD}:
    signal.signal(number, signal.SIG_IGN)
ready, tell = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.write(tell, b"!")
        while True:
            time.sleep(0.01)
    os._exit(0)
os.wait()
os.read(ready, 1)

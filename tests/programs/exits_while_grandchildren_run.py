"""End at once while three grandchildren go on, one of them stopped.

ending: exited 0
processes_left: 3
"""

from __future__ import annotations

import os
import signal
import sys
import time

if sys.argv[1:2] != ["inside-the-fence"] or sum(n.isdigit() for n in os.listdir("/proc")) > 40:
    os._exit(97)  # outside the outer fence this program must not act

ready, tell = os.pipe()
if os.fork() == 0:
    for number in range(3):
        if os.fork() == 0:
            os.write(tell, b"!")
            if number == 0:
                os.kill(os.getpid(), signal.SIGSTOP)
            time.sleep(1000)
    os._exit(0)
left = 3
while left:
    left -= len(os.read(ready, left))

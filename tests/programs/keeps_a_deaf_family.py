"""Keep five children, each in a session of its own and deaf to every signal, and stay.

ending: limit wall_seconds
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time

if sys.argv[1:2] != ["inside-the-fence"] or sum(n.isdigit() for n in os.listdir("/proc")) > 40:
    os._exit(97)  # outside the outer fence this program must not act

for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, signal.SIG_IGN)
for _ in range(5):
    if os.fork() == 0:
        os.setsid()
        break
ctypes.CDLL(None).prctl(15, b"deaf-family")  # PR_SET_NAME
while True:
    time.sleep(0.01)

"""The one in the middle has ended, and nobody waits for it.

misconception: M3.3
message: the process in the middle was your child
"""

import os
import signal


def orphan():
    reading, writing = os.pipe()
    middle = os.fork()
    if middle == 0:
        pid = os.fork()
        if pid == 0:
            signal.pause()
        os.write(writing, b"%d" % pid)
        os._exit(0)
    pid = int(os.read(reading, 20))
    while True:
        parent = int(open(f"/proc/{pid}/stat").read().split()[3])
        if parent != middle:
            return pid, parent

"""The parent in the middle does not end by itself: it is killed."""

import os
import signal


def parent_of(pid):
    text = open(f"/proc/{pid}/stat").read()
    return int(text[text.rindex(")") + 1 :].split()[1])


def orphan():
    reading, writing = os.pipe()
    middle = os.fork()
    if middle == 0:
        pid = os.fork()
        if pid:
            os.write(writing, b"%d" % pid)
        while True:
            signal.pause()
    pid = int(os.read(reading, 20))
    os.kill(middle, signal.SIGKILL)
    os.wait()
    return pid, parent_of(pid)

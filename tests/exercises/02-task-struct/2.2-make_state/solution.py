"""The expected solution: one thing for the child to do for each state."""

import os
import signal
import tempfile


def make_state(letter):
    fifo = os.path.join(tempfile.mkdtemp(), "nobody-writes") if letter == "D" else ""
    if fifo:
        os.mkfifo(fifo)
    pid = os.fork()
    if pid == 0:
        try:
            be(letter, fifo)
        finally:
            os._exit(0)
    return pid


def be(letter, fifo):
    if letter == "S":
        signal.pause()
    elif letter == "T":
        os.kill(os.getpid(), signal.SIGSTOP)
    elif letter == "D":  # posix_spawn holds its caller until the new child has called exec
        nobody = [(os.POSIX_SPAWN_OPEN, 0, fifo, os.O_RDONLY, 0)]
        os.posix_spawn("/bin/sh", ["sh"], {}, file_actions=nobody)
    while letter == "R":
        pass

"""A table of functions; the sleeper waits at a pipe, the stopped one raises."""

import os
import signal


def sleeper():
    reading, writing = os.pipe()
    os.read(reading, 1)


def spinner():
    total = 0
    while True:
        total = (total + 1) % 1000


def stopped():
    signal.raise_signal(signal.SIGSTOP)


def dead():
    os.abort()


def held():
    path = f"held-{os.getpid()}"
    os.mkfifo(path)
    files = [(os.POSIX_SPAWN_OPEN, 0, path, os.O_RDONLY, 0)]
    os.posix_spawn("/bin/cat", ["cat"], {}, file_actions=files)


POSES = {"S": sleeper, "R": spinner, "T": stopped, "Z": dead, "D": held}


def make_state(letter):
    pid = os.fork()
    if not pid:
        POSES[letter]()
        os._exit(9)
    return pid

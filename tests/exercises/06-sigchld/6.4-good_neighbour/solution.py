"""The expected solution: asks for its own pids only, and calls the handler that was there."""

import os
import signal


def good_neighbour(commands):
    running, ended = set(), {}

    def on_child(number, frame):
        for pid in list(running):
            found, status = os.waitpid(pid, os.WNOHANG)
            if found:
                running.discard(pid)
                ended[pid] = os.waitstatus_to_exitcode(status)
        if callable(before):
            before(number, frame)

    before = signal.signal(signal.SIGCHLD, on_child)
    for command in commands:
        pid = os.fork()
        if pid == 0:
            try:
                os.execvp(command[0], command)
            finally:
                os._exit(127)
        running.add(pid)
    return lambda: ended

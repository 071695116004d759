"""Collects whoever has ended.

misconception: M6.5
message: its zombie was gone before the library asked
"""

import os
import signal


def good_neighbour(commands):
    running, ended = set(), {}

    def on_child(number, frame):
        try:
            while (found := os.waitpid(-1, os.WNOHANG))[0]:
                if found[0] in running:
                    ended[found[0]] = os.waitstatus_to_exitcode(found[1])
        except ChildProcessError:
            pass
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

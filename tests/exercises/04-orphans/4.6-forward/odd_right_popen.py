"""subprocess starts it; whatever signal can be handled is passed on."""

import os
import signal
import subprocess


def forward(argv):
    program = subprocess.Popen(argv)
    kept = {signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD}
    for number in set(signal.Signals) - kept:
        try:
            signal.signal(number, lambda number, frame: program.send_signal(number))
        except (OSError, ValueError):
            pass
    while True:
        found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
        if found.si_pid == program.pid:
            code = program.wait()
            return code if code >= 0 else 128 - code
        os.waitpid(found.si_pid, 0)

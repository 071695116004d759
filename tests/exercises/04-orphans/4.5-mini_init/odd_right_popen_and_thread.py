"""subprocess waits for the program; a thread looks who else is dead, and collects only those."""

import os
import subprocess
import threading
import time


def mini_init(argv):
    try:
        program = subprocess.Popen(argv)
    except FileNotFoundError:
        return 127

    def collect():
        while True:
            try:
                found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
            except ChildProcessError:
                return
            if found.si_pid != program.pid:
                os.waitpid(found.si_pid, 0)
            else:
                time.sleep(0.01)

    threading.Thread(target=collect, daemon=True).start()
    code = program.wait()
    return code if code >= 0 else 128 - code

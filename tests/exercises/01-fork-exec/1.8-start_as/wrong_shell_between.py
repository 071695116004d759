"""A shell that knows exec -a starts it, and waits for it.

misconception: none
message: not your process
"""

import os
import subprocess
import sys

PROGRAM = """
import os, subprocess, sys
subprocess.call(sys.argv[2:], executable=sys.argv[1])
"""

started = []


def start_as(path, name, args):
    os.close(os.open(path, os.O_RDONLY))
    if not os.access(path, os.X_OK):
        raise PermissionError(path)
    started.append(subprocess.Popen([sys.executable, "-ISc", PROGRAM, path, name, *args]))
    return started[-1].pid

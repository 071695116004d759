"""Every child runs a program of its own, with the gate as its standard input."""

import subprocess
import sys

PROGRAM = "import os; os._exit(os.read(0, 1)[0])"


def spawn_codes(gates):
    children = [subprocess.Popen([sys.executable, "-ISc", PROGRAM], stdin=g) for g in gates]
    return {child.pid: child.wait() for child in children}

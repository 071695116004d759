"""A program between: it ties itself to its parent, looks, and becomes the other."""

import os
import subprocess
import sys

TIE = """
import ctypes, os, sys
ctypes.CDLL(None).prctl(1, 15)
if os.getppid() == int(sys.argv[1]):
    os.execvp(sys.argv[2], sys.argv[2:])
"""


def die_with_parent(argv):
    return subprocess.Popen([sys.executable, "-I", "-S", "-c", TIE, str(os.getpid()), *argv]).pid

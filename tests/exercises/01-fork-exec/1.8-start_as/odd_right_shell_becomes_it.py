"""A shell of the kind that can give another argv[0] becomes the program: here Python is it."""

import os
import subprocess
import sys

PROGRAM = """
import os, signal, sys
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
told = int(sys.argv[1])
os.set_inheritable(told, False)
try:
    os.execv(sys.argv[2], sys.argv[3:])
except OSError as error:
    os.write(told, b"%d" % error.errno)
    os._exit(127)
"""

started = []


def start_as(path, name, args):
    reading, writing = os.pipe()
    words = [sys.executable, "-ISc", PROGRAM, str(writing), path, name, *args]
    child = subprocess.Popen(words, pass_fds=[writing])
    os.close(writing)
    number = os.read(reading, 10)
    os.close(reading)
    if number:
        child.wait()
        raise OSError(int(number), os.strerror(int(number)), path)
    started.append(child)
    return child.pid

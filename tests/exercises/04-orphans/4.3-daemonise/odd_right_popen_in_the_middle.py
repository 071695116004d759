"""The middle uses subprocess for all that lies between fork and exec."""

import os
import subprocess


def daemonise(argv):
    reading, writing = os.pipe()
    middle = os.fork()
    if middle == 0:
        os.setsid()
        os.umask(0)
        null = subprocess.DEVNULL
        child = subprocess.Popen(argv, cwd="/", stdin=null, stdout=null, stderr=null)
        os.write(writing, b"%d" % child.pid)
        os._exit(0)
    os.waitpid(middle, 0)
    pid = int(os.read(reading, 20))
    os.close(reading)
    os.close(writing)
    return pid

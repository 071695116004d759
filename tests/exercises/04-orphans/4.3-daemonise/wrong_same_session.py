"""Orphaned, but in the session of its grandparent.

misconception: none
message: is in your session
"""

import os


def daemonise(argv):
    reading, writing = os.pipe()
    middle = os.fork()
    if middle == 0:
        daemon = os.fork()
        if daemon == 0:
            os.chdir("/")
            os.umask(0)
            null = os.open("/dev/null", os.O_RDWR)
            for fd in (0, 1, 2):
                os.dup2(null, fd)
            os.closerange(3, 1024)
            os.execvp(argv[0], argv)
        os.write(writing, b"%d" % daemon)
        os._exit(0)
    os.waitpid(middle, 0)
    daemon = int(os.read(reading, 20))
    os.close(reading)
    os.close(writing)
    return daemon

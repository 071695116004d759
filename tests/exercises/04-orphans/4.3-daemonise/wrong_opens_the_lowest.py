"""C habit: close all, then open gets 0, and two dup get 1 and 2. Python's close at exec.

misconception: M4.11
message: What Python opens is closed by exec
"""

import os


def daemonise(argv):
    reading, writing = os.pipe()
    middle = os.fork()
    if middle == 0:
        os.setsid()
        daemon = os.fork()
        if daemon > 0:
            os.write(writing, str(daemon).encode())
            os._exit(0)
        try:
            os.chdir("/")
            os.umask(0)
            os.closerange(0, 1024)
            os.open("/dev/null", os.O_RDWR)
            os.dup(0)
            os.dup(0)
            os.execvp(argv[0], argv)
        finally:
            os._exit(127)
    os.waitpid(middle, 0)
    daemon = int(os.read(reading, 20))
    os.close(reading)
    os.close(writing)
    return daemon

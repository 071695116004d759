"""Standard output and error stay those of the caller.

misconception: M4.11
message: descriptors that are not on /dev/null
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
            null = os.open("/dev/null", os.O_RDWR)
            for fd in (0,):
                os.dup2(null, fd)
            os.closerange(3, 1024)
            os.execvp(argv[0], argv)
        finally:
            os._exit(127)
    os.waitpid(middle, 0)
    daemon = int(os.read(reading, 20))
    os.close(reading)
    os.close(writing)
    return daemon

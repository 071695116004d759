"""The number of the grandchild is guessed: the next one.

misconception: none
message: that of the grandchild the child has to tell you
"""

import os


def daemonise(argv):
    r, w = os.pipe()
    middle = os.fork()
    if middle == 0:
        os.setsid()
        if os.fork():
            os._exit(0)
        os.chdir("/")
        os.umask(0)
        null = os.open("/dev/null", os.O_RDWR)
        for fd in (0, 1, 2):
            os.dup2(null, fd)
        os.closerange(3, 1024)
        os.execvp(argv[0], argv)
    os.close(r)
    os.close(w)
    os.waitpid(middle, 0)
    return middle + 1

"""Tries to turn the caller itself into the daemon, as some libraries do.

misconception: none
message: daemonise(argv)
"""

import os


def daemonise(argv):
    if os.fork() > 0:
        os._exit(0)
    os.setsid()
    if os.fork() > 0:
        os._exit(0)
    os.chdir("/")
    os.umask(0)
    os.execvp(argv[0], argv)

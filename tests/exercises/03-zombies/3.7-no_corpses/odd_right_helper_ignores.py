"""A helper that ignores SIGCHLD stays until the kernel has thrown all of them away."""

import os
import signal


def no_corpses(commands):
    helper = os.fork()
    if helper == 0:
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        for argv in commands:
            os.posix_spawnp(argv[0], argv, os.environ)
        try:
            os.wait()  # nothing to collect: it comes back with an error when all have ended
        except ChildProcessError:
            os._exit(0)
    os.waitpid(helper, 0)

"""The children die by a signal, and a pidfd is what release waits on."""

import os
import signal


def make_zombies(n):
    fds = []
    for _ in range(n):
        pid = os.fork()
        if pid == 0:
            signal.pause()
        fds.append(os.pidfd_open(pid))
        os.kill(pid, signal.SIGKILL)

    def release():
        for fd in fds:
            os.waitid(os.P_PIDFD, fd, os.WEXITED)
            os.close(fd)

    return release

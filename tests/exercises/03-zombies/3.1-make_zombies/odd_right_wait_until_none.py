"""release waits until the kernel says that there is no child."""

import os


def make_zombies(n):
    for _ in range(n):
        pid = os.posix_spawn("/bin/true", ["true"], os.environ)
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)

    def release():
        try:
            while True:
                os.wait3(0)
        except ChildProcessError:
            return

    return release

"""One thread that sleeps on a pidfd for each child."""

import os
import select
import threading


def good_neighbour(commands):
    ended = {}
    children = {}
    for command in commands:
        pid = os.posix_spawnp(command[0], command, os.environ)
        children[os.pidfd_open(pid)] = pid

    def work():
        while children:
            for fd in select.select(list(children), [], [])[0]:
                pid = children.pop(fd)
                ended[pid] = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
                os.close(fd)

    threading.Thread(target=work, daemon=True).start()
    return lambda: {**ended}

"""waitid with WNOHANG gives None when none is ready; returns pairs."""

import os


def reap_ready():
    pairs = []
    while True:
        try:
            found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG)
        except ChildProcessError:
            break
        if found is None:
            break
        exited = found.si_code == os.CLD_EXITED
        pairs.append((found.si_pid, found.si_status if exited else -found.si_status))
    return pairs

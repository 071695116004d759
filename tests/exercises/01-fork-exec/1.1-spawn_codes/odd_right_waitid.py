"""waitid for any child, until there is none."""

import os


def spawn_codes(gates):
    for gate in reversed(gates):
        if os.fork() == 0:
            number = os.read(gate, 1)
            os._exit(number[0])
    found = {}
    while True:
        try:
            ended = os.waitid(os.P_ALL, 0, os.WEXITED)
        except ChildProcessError:
            return found
        exited = ended.si_code == os.CLD_EXITED
        found[ended.si_pid] = ended.si_status if exited else -ended.si_status

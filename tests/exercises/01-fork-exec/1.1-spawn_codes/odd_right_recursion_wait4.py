"""Recursion in the parent instead of a loop; wait4 and the macros of wait(2)."""

import os


def spawn_codes(gates):
    if not gates:
        return {}
    pid = os.fork()
    if not pid:
        try:
            code = ord(os.read(gates[0], 1))
        finally:
            os._exit(code)
    found = spawn_codes(gates[1:])
    _, status, _ = os.wait4(pid, 0)
    if os.WIFSIGNALED(status):
        found[pid] = -os.WTERMSIG(status)
    else:
        found[pid] = os.WEXITSTATUS(status)
    return found

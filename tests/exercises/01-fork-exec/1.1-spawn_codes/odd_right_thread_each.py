"""A thread for each gate; each forks a child and waits for that one."""

import os
import threading


def spawn_codes(gates):
    codes = {}

    def one(gate):
        pid = os.fork()
        if pid == 0:
            os._exit(os.read(gate, 1)[0])
        codes[pid] = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

    threads = [threading.Thread(target=one, args=(gate,)) for gate in gates]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return codes

"""The signal only wakes up a thread, which has to wait for a lock."""

import os
import signal
import threading


def no_lost_child():
    table, lock = {}, threading.Lock()
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    signal.set_wakeup_fd(writing)

    def work():
        while os.read(reading, 4096):
            with lock:
                for pid in [pid for pid, code in table.items() if code is None]:
                    found, status = os.waitpid(pid, os.WNOHANG)
                    if found:
                        table[pid] = os.waitstatus_to_exitcode(status)

    def jobs(argv=None):
        with lock:
            if argv is None:
                return dict(table)
            pid = os.posix_spawnp(argv[0], argv, os.environ)
            table[pid] = None
            return pid

    threading.Thread(target=work, daemon=True).start()
    return jobs

"""Forks in another thread: that one gets SIGCHLD, and the handler waits for the main one to work.

misconception: none
message: and stayed a zombie
"""

import os
import queue
import signal
import threading


def no_lost_child():
    table, asked, made = {}, queue.SimpleQueue(), queue.SimpleQueue()

    def on_child(number, frame):
        try:
            while (found := os.waitpid(-1, os.WNOHANG))[0]:
                table[found[0]] = os.waitstatus_to_exitcode(found[1])
        except ChildProcessError:
            pass

    def work():
        while True:
            argv = asked.get()
            pid = os.posix_spawnp(argv[0], argv, os.environ)
            table[pid] = None
            made.put(pid)

    def jobs(argv=None):
        if argv is None:
            return table
        asked.put(argv)
        return made.get()

    signal.signal(signal.SIGCHLD, on_child)
    threading.Thread(target=work, daemon=True).start()
    return jobs

"""A thread that sleeps in wait(), and again whenever there are new children."""

import os
import queue
import signal
import threading


def install_reaper():
    collected = []
    news = queue.SimpleQueue()
    signal.signal(signal.SIGCHLD, lambda number, frame: news.put(1))

    def work():
        while True:
            try:
                pid, status = os.wait()
            except ChildProcessError:
                news.get()
            else:
                collected.append((pid, os.waitstatus_to_exitcode(status)))

    threading.Thread(target=work, daemon=True).start()
    return lambda: list(collected)

"""A thread for each child, which sleeps until it ends; no handler."""

import subprocess
import threading


def good_neighbour(commands):
    ended = {}

    def look_after(child):
        code = child.wait()
        ended[child.pid] = code

    for command in commands:
        child = subprocess.Popen(command)
        threading.Thread(target=look_after, args=(child,), daemon=True).start()
    return lambda: dict(ended)

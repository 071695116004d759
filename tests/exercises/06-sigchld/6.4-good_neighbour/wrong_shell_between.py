"""A shell between your process and the command.

misconception: none
message: as a child of your own process
"""

import subprocess
import threading


def good_neighbour(commands):
    ended = {}

    def look_after(child):
        ended[child.pid] = child.wait()

    for command in commands:
        child = subprocess.Popen(["sh", "-c", '"$@"; exit $?', "sh", *command])
        threading.Thread(target=look_after, args=(child,), daemon=True).start()
    return lambda: ended

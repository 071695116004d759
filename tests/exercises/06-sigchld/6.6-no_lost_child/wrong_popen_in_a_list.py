"""With subprocess; the handler walks over a list that lacks the newest.

misconception: M6.7
message: and stayed a zombie
"""

import signal
import subprocess


def no_lost_child():
    children = []

    def on_child(number, frame):
        for child in children:
            child.poll()

    def jobs(argv=None):
        if argv is None:
            return {child.pid: child.returncode for child in children}
        child = subprocess.Popen(argv)
        children.append(child)
        return child.pid

    signal.signal(signal.SIGCHLD, on_child)
    return jobs

"""A thread for each child; there is no handler that could come too early."""

import subprocess
import threading


def no_lost_child():
    children = []

    def jobs(argv=None):
        if argv is None:
            return {child.pid: child.returncode for child in children}
        child = subprocess.Popen(argv)
        children.append(child)
        threading.Thread(target=child.wait, daemon=True).start()
        return child.pid

    return jobs

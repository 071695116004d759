"""Collects when jobs() is called.

misconception: none
message: and stayed a zombie
"""

import subprocess


def no_lost_child():
    children = []

    def jobs(argv=None):
        if argv is None:
            return {child.pid: child.poll() for child in children}
        children.append(subprocess.Popen(argv))
        return children[-1].pid

    return jobs

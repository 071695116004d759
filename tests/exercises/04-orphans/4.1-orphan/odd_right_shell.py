"""A shell starts a job in the background and ends; ps knows the rest."""

import subprocess


def orphan():
    script = "sleep 60 >/dev/null 2>&1 & echo $!"
    pid = int(subprocess.check_output(["sh", "-c", script]))
    return pid, int(subprocess.check_output(["ps", "-o", "ppid=", "-p", str(pid)]))

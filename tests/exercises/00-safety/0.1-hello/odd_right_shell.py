"""A shell tells its parent's number, and is collected."""

import subprocess


def hello():
    return int(subprocess.check_output(["sh", "-c", "echo $PPID"]))

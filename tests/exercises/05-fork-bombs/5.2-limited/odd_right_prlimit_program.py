"""The program prlimit sets its own limit, and becomes argv."""

import subprocess


def limited(argv, n):
    return subprocess.call(["prlimit", f"--nproc={n}:{n}", *argv])

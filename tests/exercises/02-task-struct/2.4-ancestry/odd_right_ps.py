"""ps, called once."""

import subprocess


def ancestry(pid):
    done = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True)
    parents = dict(tuple(map(int, line.split())) for line in done.stdout.splitlines())
    chain = []
    while pid in parents:
        chain.append(pid)
        pid = parents[pid]
    return chain

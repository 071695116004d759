"""Collects all that have the same name.

misconception: none
message: a process with several threads
"""

import subprocess


def tasks(number):
    done = subprocess.run(["ps", "-eLo", "pid=,lwp=,comm="], capture_output=True, text=True)
    rows = [line.split(None, 2) for line in done.stdout.splitlines()]
    mine = [row for row in rows if int(row[1]) == number]
    if not mine:
        return None
    return int(mine[0][0]), {int(row[1]) for row in rows if row[2] == mine[0][2]}

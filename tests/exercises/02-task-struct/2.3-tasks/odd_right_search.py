"""Looks through the task directories of all processes."""

import glob


def tasks(number):
    for path in glob.glob(f"/proc/[0-9]*/task/{number}"):
        process = path.split("/")[2]
        return int(process), frozenset(
            int(one.rsplit("/", 1)[1]) for one in glob.glob(f"/proc/{process}/task/*")
        )
    return None

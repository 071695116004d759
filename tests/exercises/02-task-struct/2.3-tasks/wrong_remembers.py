"""Looks once at each process.

misconception: M2.1
message: which has started two threads and ended one since
"""

import functools
import os


@functools.cache
def tasks_of(tgid):
    return {int(name) for name in os.listdir(f"/proc/{tgid}/task")}


def tasks(number):
    try:
        text = open(f"/proc/{number}/status").read()
    except OSError:
        return None
    tgid = int(text.split("Tgid:")[1].split()[0])
    return tgid, tasks_of(tgid)

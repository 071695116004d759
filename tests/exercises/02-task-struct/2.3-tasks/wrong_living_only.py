"""Leaves out what is in state Z.

misconception: M2.15
message: stays until the whole process is reaped
"""

import os


def tasks(number):
    try:
        text = open(f"/proc/{number}/status").read()
        tgid = int(text.split("Tgid:")[1].split()[0])
        found = set()
        for name in os.listdir(f"/proc/{tgid}/task"):
            if "State:\tZ" not in open(f"/proc/{tgid}/task/{name}/status").read():
                found.add(int(name))
        return tgid, found
    except OSError:
        return None

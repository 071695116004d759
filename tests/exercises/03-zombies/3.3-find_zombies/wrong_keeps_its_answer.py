"""Looks once and gives the same answer for ever; no exception can come from looking then.

misconception: none
message: look anew in every call
"""

import functools
import os


@functools.lru_cache
def find_zombies():
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        fields = open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()
        if fields[0] == "Z" and fields[17] == "1":
            name = open(f"/proc/{fields[1]}/comm").read().removesuffix("\n")
            found.append((int(pid), int(fields[1]), name))
    return found

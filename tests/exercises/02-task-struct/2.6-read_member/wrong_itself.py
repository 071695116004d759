"""Reads the own process.

misconception: none
message: is right
"""


def read_member(number, member):
    names = {"tgid": "Tgid", "real_parent->tgid": "PPid", "comm": "Name"}
    for line in open("/proc/self/status"):
        if line.startswith(names.get(member, "Threads") + ":"):
            value = line.split(":")[1].strip()
            return int(value) if value.isdigit() else value

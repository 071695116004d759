"""Takes the command line for the name.

misconception: none
message: The command line is another thing
"""

import os


def find_zombies():
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            fields = open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()
            if fields[0] == "Z" and fields[17] == "1":
                line = open(f"/proc/{fields[1]}/cmdline").read()
                found.append((int(pid), int(fields[1]), line.partition("\0")[0]))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found

"""Always tells of the process that runs it.

misconception: none
message: is right
"""

import os


def parse_stat(text):
    fields = open("/proc/self/stat").read().rpartition(")")[2].split()
    return {
        "pid": os.getpid(),
        "comm": "python3",
        "state": "R",
        "ppid": os.getppid(),
        "num_threads": 1,
        "starttime": int(fields[19]),
    }

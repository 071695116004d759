"""The main thread is left out.

misconception: none
message: the main thread is a thread like the others
"""

import os


def tasks(number):
    try:
        tgid = next(
            int(row.split()[1]) for row in open(f"/proc/{number}/status") if row.startswith("Tgid:")
        )
        return tgid, set(map(int, os.listdir(f"/proc/{tgid}/task"))) - {tgid}
    except OSError:
        return None

"""The names in the directory as they are.

misconception: none
message: digits as text
"""

import os


def tasks(number):
    try:
        tgid = next(
            int(row.split()[1]) for row in open(f"/proc/{number}/status") if row.startswith("Tgid:")
        )
        return tgid, set(os.listdir(f"/proc/{tgid}/task"))
    except OSError:
        return None

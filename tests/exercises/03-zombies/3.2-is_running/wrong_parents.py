"""Guesses from the parent: what runs here is a child of init, isn't it?

misconception: none
message: is_running(
"""

import re


def is_running(pid):
    try:
        text = open(f"/proc/{pid}/status").read()
    except FileNotFoundError:
        return False
    tgid, ppid = (int(re.search(rf"{name}:\t(\d+)", text)[1]) for name in ("Tgid", "PPid"))
    return tgid == pid and ppid in (0, 1)

"""Right for processes, but takes the id of a thread for one.

misconception: M2.3
message: a thread has an id of its own
"""


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False

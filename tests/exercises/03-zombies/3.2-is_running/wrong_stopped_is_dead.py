"""Counts only R and S as running.

misconception: none
message: a stopped process has not ended
"""


def is_running(pid):
    try:
        with open(f"/proc/{pid}/status") as file:
            fields = dict(line.split(":", 1) for line in file)
    except OSError:
        return False
    return int(fields["Tgid"]) == pid and fields["State"].split()[0] in "RS"

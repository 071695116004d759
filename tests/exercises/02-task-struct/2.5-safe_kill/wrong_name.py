"""Number and name.

misconception: M2.6
message: with the same name and the same parent
"""

import os


def about(pid):
    try:
        text = open(f"/proc/{pid}/status").read()
    except OSError:
        raise ProcessLookupError(pid) from None
    fields = dict(line.split(":\t", 1) for line in text.splitlines() if ":\t" in line)
    return fields["State"][0], (fields["Name"], fields["PPid"], fields["Uid"])


def safe_kill(pid):
    known = about(pid)[1]

    def send(sig):
        try:
            state, now = about(pid)
        except ProcessLookupError:
            return False
        if now != known or state == "Z":
            return False
        os.kill(pid, sig)
        return True

    return send

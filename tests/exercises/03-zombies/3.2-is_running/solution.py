"""The expected solution: read /proc/PID/status, whose lines no process can forge."""


def is_running(pid):
    try:
        with open(f"/proc/{pid}/status") as file:
            fields = dict(line.split(":", 1) for line in file)
    except (FileNotFoundError, ProcessLookupError):
        return False
    if int(fields["Tgid"]) != pid:
        return False
    return fields["State"].split()[0] not in ("Z", "X")

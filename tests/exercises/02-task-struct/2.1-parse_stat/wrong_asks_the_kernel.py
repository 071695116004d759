"""Looks the process up instead of reading the text.

misconception: M2.10
message: only the text counts
"""


def parse_stat(text):
    pid = int(text.split()[0])
    fields = open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()
    status = dict(line.split(":\t", 1) for line in open(f"/proc/{pid}/status") if ":\t" in line)
    return {
        "pid": pid,
        "comm": status["Name"].rstrip("\n"),
        "state": status["State"][0],
        "ppid": int(status["PPid"]),
        "num_threads": int(status["Threads"]),
        "starttime": int(fields[19]),
    }

"""The parent, and then pid 1.

misconception: none
message: for a process deep in a tree
"""


def ancestry(pid):
    try:
        text = open(f"/proc/{pid}/status").read()
    except OSError:
        return []
    parent = int(text.split("\nPPid:\t")[1].split()[0])
    return [number for number in dict.fromkeys([pid, parent, 1]) if number]

"""Walks up as if all stood still.

misconception: M2.10
message: a process whose parent ended during the call
"""


def ancestry(pid):
    chain = []
    while pid:
        try:
            file = open(f"/proc/{pid}/stat")
        except FileNotFoundError:
            return []
        chain.append(pid)
        pid = int(file.read().rpartition(")")[2].split()[1])
    return chain

"""Returns what it has when somebody is gone.

misconception: M2.10
message: a chain of several readings can be one that never was
"""


def ancestry(pid):
    chain = []
    try:
        while pid:
            text = open(f"/proc/{pid}/stat").read()
            chain.append(pid)
            pid = int(text.rpartition(")")[2].split()[1])
    except OSError:
        pass
    return chain

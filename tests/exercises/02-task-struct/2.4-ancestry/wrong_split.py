"""The fourth word of stat.

misconception: M3.12
message: a process whose ancestors have nasty names
"""


def ancestry(pid):
    chain = []
    while pid:
        try:
            words = open(f"/proc/{pid}/stat").read().split()
        except OSError:
            return chain
        chain.append(pid)
        pid = int(words[3])
    return chain

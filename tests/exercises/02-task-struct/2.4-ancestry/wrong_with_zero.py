"""Lists the 0 as well.

misconception: none
message: 0 is no process
"""


def ancestry(pid):
    chain = [pid]
    while pid:
        text = open(f"/proc/{pid}/status").read()
        pid = int(text.split("\nPPid:\t")[1].split()[0])
        chain.append(pid)
    return chain

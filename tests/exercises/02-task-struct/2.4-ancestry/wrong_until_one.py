"""Loops until it meets pid 1, without looking whether it is there; so pid 1 itself is missing.

misconception: none
message: it goes on upwards from there
"""


def ancestry(pid):
    chain = []
    while pid != 1:
        chain.append(pid)
        text = open(f"/proc/{pid}/status").read()
        pid = int(text.split("\nPPid:\t")[1].split()[0])
    return chain

"""Asks the kernel, too: builds the family from real processes (what it cannot, it reasons out)."""

import ctypes
import os

prctl = ctypes.CDLL(None).prctl


def new_parent(family, ends):
    if any(one["namespace"] or one["thread"] for one in family.values()):
        return reasoned(family, ends)
    prctl(36, 1)  # this process plays init
    pids, gates = {}, {name: os.pipe() for name in family}
    reading, writing = os.pipe()

    def be(name):
        if family[name]["subreaper"]:
            prctl(36, 1)
        fork_children(name)
        os.write(writing, f"{name} {os.getpid()}\n".encode())
        os.read(gates[name][0], 1)
        os._exit(0)

    def fork_children(name):
        for child, one in family.items():
            if one["parent"] == name and os.fork() == 0:
                be(child)

    fork_children("init")
    text = b""
    while text.count(b"\n") < len(family):
        text += os.read(reading, 4096)
    for line in text.decode().splitlines():
        name, pid = line.split()
        pids[name] = int(pid)
    for name in ends:
        os.write(gates[name][1], b"!")
        while stat(pids[name])[0] not in ("Z", None):
            pass
    names = {pid: name for name, pid in pids.items()} | {os.getpid(): "init"}
    found = {}
    for name, pid in pids.items():
        state, parent = stat(pid)
        if state not in ("Z", None):
            found[name] = names[parent]
    for pid in pids.values():
        try:
            os.kill(pid, 9)
        except ProcessLookupError:
            pass
    try:
        while True:
            os.wait()
    except ChildProcessError:
        pass
    for fd in (reading, writing, *(fd for pair in gates.values() for fd in pair)):
        os.close(fd)
    return found


def stat(pid):
    try:
        words = open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()
    except OSError:
        return None, None
    return words[0], int(words[1])


def reasoned(family, ends):
    parents = {name: one["parent"] for name, one in family.items()}
    for end in ends:
        if end not in parents:
            continue
        up = parents.pop(end)
        while up != "init" and not (family[up]["subreaper"] or family[up]["namespace"]):
            up = parents[up]
        gone = {end} if family[end]["namespace"] else set()
        for name in list(parents):
            if parents[name] in gone:
                gone.add(name)
                del parents[name]
            elif parents[name] == end:
                parents[name] = up
    return parents

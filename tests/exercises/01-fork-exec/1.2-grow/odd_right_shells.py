"""Shells that start shells: each waits at a FIFO, then for its own children."""

import os
import subprocess
import tempfile


def script(tree):
    return "".join(f"({script(below)} read x < $GATE; wait) & " for below in tree.values())


def grow(tree):
    gate = os.path.join(tempfile.mkdtemp(), "gate")
    os.mkfifo(gate)
    holder = os.open(gate, os.O_RDWR)
    env = {**os.environ, "GATE": gate}
    tops = [
        subprocess.Popen(["sh", "-c", f"{script(below)} read x < $GATE; wait"], env=env)
        for below in tree.values()
    ]

    def size(tree):
        return sum(1 + size(below) for below in tree.values())

    def fell():
        os.write(holder, b"\n" * size(tree))
        for top in tops:
            top.wait()
        os.close(holder)

    return fell

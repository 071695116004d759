"""No recursion: a child takes its branch as the new work and starts over."""

import os


def grow(tree):
    reading, writing = os.pipe()
    work, mine, root = list(tree.values()), [], True
    while work:
        branch = work.pop()
        pid = os.fork()
        if pid:
            mine.append(pid)
        else:
            if root:
                os.close(writing)
            work, mine, root = list(branch.values()), [], False
    if not root:
        os.read(reading, 1)
        for pid in mine:
            os.waitpid(pid, 0)
        os._exit(0)
    os.close(reading)

    def fell():
        os.close(writing)
        for _ in mine:
            os.wait()

    return fell

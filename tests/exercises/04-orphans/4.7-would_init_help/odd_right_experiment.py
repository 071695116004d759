"""Counts real zombies, in processes of its own; only SIGTERM is reasoned out."""

import ctypes
import os


def would_init_help(app):
    term = app["on_sigterm"]
    return {
        "alone": (count(app, False), term == "handler"),
        "init": (count(app, True), term != "ignored"),
    }


def count(app, under_init):
    reading, writing = os.pipe()
    first = os.fork()
    if first == 0:
        ctypes.CDLL(None).prctl(36, 1)
        if under_init:
            program = os.fork()
            while program and os.wait()[0] != program:
                pass
            if program:
                os._exit(0)
        os.write(writing, bytes([run(app)]))
        os._exit(0)
    found = os.read(reading, 1)[0]
    os.waitpid(first, 0)
    os.close(reading)
    os.close(writing)
    return found


def run(app):
    for _ in range(app["orphans"]):
        command = os.fork()
        if command == 0:
            os.fork()
            os._exit(0)
        os.waitpid(command, 0)
    children = []
    for _ in range(app["children"]):
        pid = os.fork()
        if pid == 0:
            os._exit(0)
        children.append(pid)
    while states().count("Z") < len(states()):
        pass
    if app["waits"] == "own":
        for pid in children:
            os.waitpid(pid, 0)
    if app["waits"] == "any":
        for _ in states():
            os.wait()
    return len(states())


def states():
    with open(f"/proc/self/task/{os.getpid()}/children") as file:
        pids = file.read().split()
    return [open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[0] for pid in pids]

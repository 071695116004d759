"""Runs the program for real; every process writes one byte into a pipe that all inherit."""

import os


def play(program, n, done):
    for _ in range(n):
        if program == "A":
            os.fork()
        elif program == "B":
            if os.fork() == 0:
                break
        elif program == "C":
            if os.fork() == 0:
                os.fork()
                break
        elif program == "D":
            os.fork() and os.fork()
        elif program == "E":
            os.fork()
            os.write(done, b".")
            os.execvp("true", ["true"])
        else:
            os.fork() and os.fork() or os.fork()


def how_many(program, n):
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        play(program, n, writing)
        os.write(writing, b".")
        os._exit(0)
    os.close(writing)
    count = 0
    while some := os.read(reading, 100):
        count += len(some)
    os.close(reading)
    os.waitpid(pid, 0)
    return count

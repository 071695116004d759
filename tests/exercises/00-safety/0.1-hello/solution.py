"""The expected solution: ask the kernel."""

import os


def hello():
    return os.getpid()

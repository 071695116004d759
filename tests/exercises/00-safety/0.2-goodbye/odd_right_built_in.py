"""exit() is meant for interactive use, and does the same; it may be missing."""

import ctypes


def goodbye(code):
    ctypes.CDLL(None).exit(code)

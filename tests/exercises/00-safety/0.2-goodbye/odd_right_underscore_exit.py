"""Ends the process at once: no exit handlers, no flushing."""

import os


def goodbye(code):
    os._exit(code)

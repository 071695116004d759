"""The expected solution: end the program with this code."""

import sys


def goodbye(code):
    sys.exit(code)

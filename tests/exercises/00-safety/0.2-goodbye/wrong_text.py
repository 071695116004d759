"""A text as exit code: it is printed, and the code is 1.

misconception: none
message: exit code 1
"""

import sys


def goodbye(code):
    sys.exit(f"goodbye with {code}")

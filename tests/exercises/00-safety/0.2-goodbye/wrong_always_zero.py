"""Ends, and forgets the code.

misconception: none
message: the code is the argument of the function
"""

import sys


def goodbye(code):
    sys.exit()

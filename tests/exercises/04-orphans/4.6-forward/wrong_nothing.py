"""Starts nothing.

misconception: none
message: the program was never seen to run
"""


def forward(argv):
    return 143

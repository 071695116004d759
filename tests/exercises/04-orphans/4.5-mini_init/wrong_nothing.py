"""Says 0, and does nothing.

misconception: none
message: the program was never seen to run
"""


def mini_init(argv):
    return 0

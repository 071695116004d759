"""Nothing is started.

misconception: none
message: no process ran the program
"""


def die_with_parent(argv):
    return 1

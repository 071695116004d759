"""Nothing is started.

misconception: none
message: no process has the argv
"""


def daemonise(argv):
    return 1

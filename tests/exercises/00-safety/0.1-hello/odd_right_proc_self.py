"""/proc/self is a link to the folder of whoever follows it."""

import os


def hello():
    return int(os.readlink("/proc/self"))

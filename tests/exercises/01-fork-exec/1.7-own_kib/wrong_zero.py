"""Believes that children share all.

misconception: none
message: KiB are its own
"""


def own_kib(pid):
    return 0

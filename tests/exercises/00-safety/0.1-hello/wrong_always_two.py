"""The number that it saw when it was tried by hand.

misconception: M0.2
message: it was written down, or kept from before
"""


def hello():
    return 2

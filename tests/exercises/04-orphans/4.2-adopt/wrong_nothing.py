"""An empty answer.

misconception: none
message: never started
"""


def adopt(commands):
    return {}

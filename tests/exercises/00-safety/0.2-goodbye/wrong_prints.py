"""Says that it ends.

misconception: M0.4
message: and its process went on
"""


def goodbye(code):
    print("exit", code)

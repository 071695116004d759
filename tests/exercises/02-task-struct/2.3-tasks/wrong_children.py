"""Takes the children for the threads.

misconception: M2.14
message: children are processes of their own
"""

import os


def tasks(number):
    try:
        found = {int(name) for name in os.listdir(f"/proc/{number}/task")}
    except OSError:
        return None
    for tid in list(found):
        with open(f"/proc/{number}/task/{tid}/children") as file:
            found |= {int(word) for word in file.read().split()}
    return number, found

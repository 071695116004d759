"""A number that was read in a notebook's kernel, outside.

misconception: M0.3
message: your notebook's kernel has a number too
"""


def hello():
    return 4194303

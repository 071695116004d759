"""A list of words is no script.

misconception: none
message: return the text of a script
"""


def no_fork_rescue():
    return ["kill", "-9", "-1"]

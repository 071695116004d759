"""Words, counted from the left.

misconception: M3.12
message: the name stands unquoted in the line
"""


def parse_stat(text):
    words = text.split()
    return {
        "pid": int(words[0]),
        "comm": words[1].strip("()"),
        "state": words[2],
        "ppid": int(words[3]),
        "num_threads": int(words[19]),
        "starttime": int(words[21]),
    }

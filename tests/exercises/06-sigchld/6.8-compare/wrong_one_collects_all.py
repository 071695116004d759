"""One waitpid collects all.

misconception: M6.1
message: one run, one waitpid
"""


def compare(case):
    k, m = case["ended"], case["library"]
    rows = {
        "A": (0, k + m, 0, m, False),
        "B": (0, 0, 0, 0, False),
        "C": (1, 0, k, 0, False),
        "D": (1, 0, k, 0, False),
        "E": (1, m, k, m, False),
        "F": (0, 0, k, 0, True),
        "G": (0, 0, k, 0, False),
        "H": (0, m, k, m, False),
    }
    return dict(zip(("runs", "zombies", "known", "library", "busy"), rows[case["way"]]))

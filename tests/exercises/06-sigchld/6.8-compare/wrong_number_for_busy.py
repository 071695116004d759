"""1 and 0 instead of True and False.

misconception: none
message: not as asked for
"""


def compare(case):
    w, e, k = case["way"], case["ended"], case["library"]
    z = {"A": e + k, "B": 0, "C": e + k - 1, "D": 0, "E": k, "F": 0, "G": 0, "H": k}[w]
    return {
        "runs": int(w in "CDE"),
        "zombies": z,
        "known": {"A": 0, "B": 0, "C": 1}.get(w, e),
        "library": {"A": k, "E": k, "H": k}.get(w, 0),
        "busy": int(w == "F"),
    }

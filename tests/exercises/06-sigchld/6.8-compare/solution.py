"""The expected solution: who collects whom, how often, and how."""


def compare(case):
    way, ended, library = case["way"], case["ended"], case["library"]
    all_of_them = ended + library
    collected = {"A": 0, "B": 0, "C": 1, "E": ended, "H": ended}.get(way, all_of_them)
    return {
        "runs": int(way in "CDE"),
        "zombies": 0 if way == "B" else all_of_them - collected,
        "known": min(collected, ended),
        "library": library if way in "AEH" else 0,
        "busy": way == "F",
    }

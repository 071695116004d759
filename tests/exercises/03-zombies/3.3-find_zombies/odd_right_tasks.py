"""A process with living threads is told by its task directory; walks from the children lists."""

from pathlib import Path


def state(path):
    return path.read_text().rpartition(")")[2].split()[0]


def find_zombies():
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            parent = process.joinpath("stat").read_text().rpartition(")")[2].split()[1]
            states = [state(task / "stat") for task in process.glob("task/*")]
            if states and set(states) == {"Z"}:
                name = Path("/proc", parent, "comm").read_text()[:-1]
                found.append([int(process.name), int(parent), name])
        except (FileNotFoundError, ProcessLookupError):
            pass
    return tuple(found)

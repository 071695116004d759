"""The line of /proc/self/status that names the process of the thread."""


def hello():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("Tgid:"))

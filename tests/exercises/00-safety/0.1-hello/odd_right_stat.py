"""The first word of one's own stat file."""


def hello():
    with open("/proc/self/stat") as file:
        return int(file.read().split()[0])

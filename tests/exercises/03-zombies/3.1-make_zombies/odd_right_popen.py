"""Popen objects that nobody waits for, and a list that keeps them from being forgotten."""

import subprocess


class Release:
    def __init__(self, children):
        self.children = children

    def __call__(self):
        return [child.wait() for child in self.children]


def make_zombies(n):
    return Release([subprocess.Popen(["sh", "-c", f"exit {i}"]) for i in range(n)])

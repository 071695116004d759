"""The parent opens, subprocess does the rest."""

import subprocess


def redirect(argv, path):
    with open(path, "wb") as file:
        try:
            return subprocess.call(argv, stdout=file)
        except FileNotFoundError:
            return 127

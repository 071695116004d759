"""Takes the errors along.

misconception: none
message: descriptor 2 of the program was
"""

import subprocess


def redirect(argv, path):
    with open(path, "wb") as file:
        try:
            return subprocess.call(argv, stdout=file, stderr=subprocess.STDOUT)
        except FileNotFoundError:
            return 127

"""Lets the parent read a pipe and write the file.

misconception: none
message: what a pipe brings has to be copied by somebody
"""

import subprocess


def redirect(argv, path):
    try:
        done = subprocess.run(argv, capture_output=True)
    except FileNotFoundError:
        return 127
    with open(path, "wb") as file:
        file.write(done.stdout)
    return done.returncode

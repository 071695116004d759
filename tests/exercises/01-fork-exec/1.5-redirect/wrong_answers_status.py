"""Returns nothing.

misconception: none
message: returned None
"""

import subprocess


def redirect(argv, path):
    with open(path, "wb") as file:
        try:
            subprocess.run(argv, stdout=file)
        except FileNotFoundError:
            pass

"""Joins the words with blanks and lets a shell take them apart.

misconception: none
message: without a shell around it
"""

import subprocess


def no_corpses(commands):
    for argv in commands:
        subprocess.Popen(" ".join(argv), shell=True)

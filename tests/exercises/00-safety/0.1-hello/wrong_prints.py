"""Prints the right number, and returns nothing.

misconception: M0.1
message: what a function prints goes to the screen
"""

import os


def hello():
    print("I am", os.getpid())

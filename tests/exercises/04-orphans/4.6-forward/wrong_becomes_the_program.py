"""Who is replaced by exec needs to pass nothing on; nor can it collect anybody.

misconception: M1.6
message: pid 1 has become the program itself
"""

import os


def forward(argv):
    os.execvp(argv[0], argv)

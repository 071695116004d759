"""It closes all descriptors, so that nothing can be told, and comes back.

misconception: none
message: the process had not ended
"""

import os


def goodbye(code):
    os.closerange(3, 200)
    return code

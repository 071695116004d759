"""The id of the main thread is the number of its process."""

import threading


def hello():
    return threading.get_native_id()

"""Starts nothing.

misconception: none
message: 0 of 5 jobs
"""


def supervise(jobs, seconds, grace):
    return [0 for job in jobs]

"""What a learner finds before writing anything."""


def is_running(pid):
    raise NotImplementedError

"""What a learner finds before writing anything."""


def safe_kill(pid):
    raise NotImplementedError

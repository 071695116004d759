"""What a learner finds before writing anything."""


def reap_ready():
    raise NotImplementedError

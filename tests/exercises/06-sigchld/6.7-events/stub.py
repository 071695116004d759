"""What a learner finds before writing anything."""


def events():
    raise NotImplementedError

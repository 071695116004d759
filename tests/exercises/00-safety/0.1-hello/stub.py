"""What a learner finds before writing anything."""


def hello():
    raise NotImplementedError

"""What a learner finds before writing anything."""


def tasks(number):
    raise NotImplementedError

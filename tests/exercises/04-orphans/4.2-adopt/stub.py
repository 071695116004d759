"""What a learner finds before writing anything."""


def adopt(commands):
    raise NotImplementedError

"""What a learner finds before writing anything."""


def grow(tree):
    raise NotImplementedError

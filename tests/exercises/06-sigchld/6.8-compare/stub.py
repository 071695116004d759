"""What a learner finds before writing anything."""


def compare(case):
    raise NotImplementedError

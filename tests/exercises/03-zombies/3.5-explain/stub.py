"""What a learner finds before writing anything."""


def explain(status):
    raise NotImplementedError

"""What a learner finds before writing anything."""


def parse_stat(text):
    raise NotImplementedError

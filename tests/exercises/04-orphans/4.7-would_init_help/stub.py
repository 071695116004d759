"""What a learner finds before writing anything."""


def would_init_help(app):
    raise NotImplementedError

"""What a learner finds before writing anything."""


def run_program(argv, env=None, cwd=None):
    raise NotImplementedError

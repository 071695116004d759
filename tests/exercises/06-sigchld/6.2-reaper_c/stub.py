"""What a learner finds before writing anything."""


def reaper_c():
    raise NotImplementedError

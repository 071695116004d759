"""What a learner finds before writing anything."""


def make_state(letter):
    raise NotImplementedError

"""What a learner finds before writing anything."""


def forward(argv):
    raise NotImplementedError

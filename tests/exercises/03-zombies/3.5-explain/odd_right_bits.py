"""No macro: the bits as wait(2) lays them out."""


def explain(status):
    low, high = status & 0xFF, status >> 8 & 0xFF
    if status == 0xFFFF:
        return ["continue"]
    if low == 0x7F:
        return ["stop", high]
    if low == 0:
        return ["exit", high]
    return ["signal", low & 0x7F, bool(low & 0x80)]

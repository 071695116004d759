"""A blank in front of a name is a part of it.

misconception: M3.12
message: led by blank
"""


def parse_stat(text):
    i, j = text.index("("), text.rindex(")")
    f = text[j + 2 :].split(" ")
    return dict(
        pid=int(text[:i]),
        comm=text[i + 1 : j].strip(),
        state=f[0],
        ppid=int(f[1]),
        num_threads=int(f[17]),
        starttime=int(f[19]),
    )

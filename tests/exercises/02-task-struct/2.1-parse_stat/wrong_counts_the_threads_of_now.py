"""Everything from the text, but the threads from /proc.

misconception: M2.10
message: num_threads
"""


def parse_stat(text):
    i, j = text.index("("), text.rindex(")")
    f = text[j + 2 :].split(" ")
    try:
        n = [
            int(row.split()[1])
            for row in open(f"/proc/{int(text[:i])}/status")
            if row.startswith("Threads")
        ][0]
    except OSError:
        n = 1
    return dict(
        pid=int(text[:i]),
        comm=text[i + 1 : j],
        state=f[0],
        ppid=int(f[1]),
        num_threads=n,
        starttime=int(f[19]),
    )

"""The pagemap: bit 61 is file or shared, bit 56 says that nobody else maps the page."""

import mmap
import struct


def own_kib(pid):
    count = 0
    try:
        maps = open(f"/proc/{pid}/maps").read().splitlines()
        pagemap = open(f"/proc/{pid}/pagemap", "rb", buffering=0)
    except OSError:
        return 0
    with pagemap:
        for line in maps:
            begin, end = (int(part, 16) // mmap.PAGESIZE for part in line.split()[0].split("-"))
            if "vsyscall" in line:
                continue
            pagemap.seek(begin * 8)
            data = pagemap.read((end - begin) * 8)
            for (entry,) in struct.iter_unpack("Q", data[: len(data) // 8 * 8]):
                count += (entry >> 63) & (entry >> 56) & 1
    return count * mmap.PAGESIZE // 1024

"""The log of dm-log-writes (the kernel's Documentation/admin-guide/device-mapper/log-writes.rst): every write of a disk and the
marks in between. The kernel writes an entry when the flush that covers it is done, so a prefix of the log is a disk that lost
all it was free to lose."""

import struct

magic = 0x6A736677736872
flush, fua, discard, mark = 1, 2, 4, 8
unit = 512  # of the sectors that entries count


class Entry:
    def __init__(self, sector, count, flags, data):
        self.sector, self.count, self.flags, self.data = sector, count, flags, data

    @property
    def is_mark(self):
        return bool(self.flags & mark)

    @property
    def is_flush(self):
        return bool(self.flags & (flush | fua))

    def apply(self, image):
        image.seek(self.sector * unit)
        image.write(bytes(self.count * unit) if self.flags & discard else self.data)


def entries(path):
    with open(path, "rb") as log:
        found, version, count, sector_size = struct.unpack("<QQQL", log.read(28))
        if found != magic or version != 1:
            raise ValueError(f"{path} is no log of dm-log-writes (version {version})")
        at = sector_size
        for _ in range(count):
            log.seek(at)
            sector, sectors, flags, length = struct.unpack("<QQQQ", log.read(32))
            at += sector_size
            if flags & mark:
                data = log.read(length).rstrip(b"\0")
            elif flags & discard:
                data = b""
            else:
                log.seek(at)
                data = log.read(sectors * unit)
                at += len(data)
            yield Entry(sector, sectors, flags, data)

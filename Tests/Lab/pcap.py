"""A reader for classic pcap files, as much of it as the lab's own captures need, and their editing
in place."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ETHERNET = 1
LINUX_SLL2 = 276
NANOSECONDS = {b"\xd4\xc3\xb2\xa1": 1000, b"\x4d\x3c\xb2\xa1": 1}
SECOND = 1_000_000_000
FILE_HEADER, RECORD_HEADER = 24, struct.Struct("<4I")


class Record(NamedTuple):
    """One packet record; `frame` counts from 1, as Wireshark does."""

    frame: int
    time: int
    link_type: int
    data: bytes


def read_pcap(path: Path) -> Iterator[Record]:
    """The records of a little-endian file. Times are nanoseconds since the epoch."""
    capture = EditedCapture(path)
    for frame, place in enumerate(capture.places(), start=1):
        data = bytes(capture.content[place.start : place.end])
        yield Record(frame, capture.time(place), capture.link_type, data)


class Place(NamedTuple):
    """Where a record's header and its octets lie in the file."""

    header: int
    start: int
    end: int


class EditedCapture:
    """A whole little-endian file in memory, of which times and octets can be changed."""

    def __init__(self, path: Path) -> None:
        self.content = bytearray(path.read_bytes())
        self.scale = NANOSECONDS[bytes(self.content[:4])]
        (self.link_type,) = struct.unpack_from("<I", self.content, 20)

    def places(self) -> Iterator[Place]:
        offset = FILE_HEADER
        while offset < len(self.content):
            start = offset + RECORD_HEADER.size
            captured = RECORD_HEADER.unpack_from(self.content, offset)[2]
            yield Place(offset, start, start + captured)
            offset = start + captured

    def time(self, place: Place) -> int:
        """Nanoseconds since the epoch."""
        seconds, fraction = struct.unpack_from("<2I", self.content, place.header)
        return int(seconds * SECOND + fraction * self.scale)

    def set_time(self, place: Place, time: int) -> None:
        """Cuts what the file's resolution does not hold."""
        seconds, rest = divmod(time, SECOND)
        struct.pack_into("<2I", self.content, place.header, seconds, rest // self.scale)

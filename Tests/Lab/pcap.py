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
INTERFACE_DESCRIPTION, ENHANCED_PACKET, INTERFACE_NAME = 1, 6, 2
FILE_HEADER, RECORD_HEADER = 24, struct.Struct("<4I")


class Record(NamedTuple):
    """One packet record; `frame` counts from 1, as Wireshark does."""

    frame: int
    time: int
    link_type: int
    data: bytes
    # As the file names it: `n1/cni0`; None where it does not.
    point: str | None = None


def read_capture(path: Path) -> Iterator[Record]:
    """The records of a pcap or pcapng."""
    with path.open("rb") as file:
        is_pcapng = file.read(4) == b"\n\r\r\n"
    return read_pcapng(path) if is_pcapng else read_pcap(path)


def read_pcapng(path: Path) -> Iterator[Record]:
    """The records of a little-endian pcapng with one section and times in nanoseconds."""
    content = path.read_bytes()
    interfaces: list[tuple[int, str]] = []
    offset, frame = 0, 0
    while offset < len(content):
        kind, length = struct.unpack_from("<2I", content, offset)
        if kind == INTERFACE_DESCRIPTION:
            (link_type,) = struct.unpack_from("<H", content, offset + 8)
            code, size = struct.unpack_from("<2H", content, offset + 16)
            if code != INTERFACE_NAME:
                raise ValueError(f"{path}: an interface without a name")
            interfaces.append((link_type, content[offset + 20 : offset + 20 + size].decode()))
        elif kind == ENHANCED_PACKET:
            interface, high, low, captured = struct.unpack_from("<4I", content, offset + 8)
            link_type, point = interfaces[interface]
            frame += 1
            yield Record(frame, high << 32 | low, link_type,
                         content[offset + 28 : offset + 28 + captured], point)
        offset += length


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

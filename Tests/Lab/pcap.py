"""A reader for classic pcap files, as much of it as the lab's own captures need."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ETHERNET = 1
LINUX_SLL2 = 276
NANOSECONDS = {b"\xd4\xc3\xb2\xa1": 1000, b"\x4d\x3c\xb2\xa1": 1}


@dataclass(frozen=True)
class Record:
    """One packet record; `frame` counts from 1, as Wireshark does."""

    frame: int
    time: int
    link_type: int
    data: bytes


def read_pcap(path: Path) -> Iterator[Record]:
    """The records of a little-endian file. Times are nanoseconds since the epoch."""
    content = path.read_bytes()
    scale = NANOSECONDS[content[:4]]
    (link_type,) = struct.unpack_from("<I", content, 20)
    offset, frame = 24, 0
    while offset < len(content):
        seconds, fraction, captured, _ = struct.unpack_from("<4I", content, offset)
        offset += 16
        frame += 1
        time = seconds * 1_000_000_000 + fraction * scale
        yield Record(frame, time, link_type, content[offset : offset + captured])
        offset += captured

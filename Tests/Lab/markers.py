"""What the lab writes into payloads, so that a packet can be told without looking at its headers.

A datagram's marker is 14 ASCII characters:

    vxhop K FF CCCCCC     K: q request, r reply, i ICMP echo; FF: flow, CCCCCC: counter, both in hex

It stands at the very start of a UDP payload and of an ICMP echo's data. In a DNS message it is the
first label of the first name, at offset 13, after the 12 octets of the header and the label's
length. Either way it lies within the 30 octets of payload that are left of an encapsulated IPv4
packet in a cooked capture with snaplen 128.

A TCP stream is made of cells of 8 octets, of which only the first has its high bit set, so that any
15 octets hold a whole cell and its place is seen at once:

    0xC0 | direction, stream (7 bits), index of the cell (4 × 7 bits, high first), 0x2A, 0x2A

Everything is in the first 6 octets: that is what snaplen 128 leaves of a segment with timestamps.

A datagram that is to be cut into IP fragments goes on in pieces of 8 octets after its marker and
two octets of padding, so that every later fragment begins with one (its offset, too, is in eights):

    0xD0 | 1 for a reply, flow, counter (2 octets), index of the piece (2 octets), 0x2A, 0x2A
"""

from __future__ import annotations

import re
import struct
from typing import NamedTuple

MARKER = re.compile(rb"vxhop([qri])([0-9a-f]{2})([0-9a-f]{6})")
MARKER_LENGTH = 14
DNS_MARKER_OFFSET = 13
CELL_LENGTH = 8
CELL_SYNC = 0xC0
PIECE = struct.Struct("!BBHHH")
PIECE_SYNC, PIECE_END = 0xD0, 0x2A2A


def marker(kind: str, flow: int, counter: int) -> bytes:
    """The marker of one datagram."""
    return f"vxhop{kind}{flow:02x}{counter:06x}".encode()


class Marker(NamedTuple):
    """A marker read back."""

    text: str
    kind: str
    flow: int
    counter: int


def read_marker(payload: bytes) -> Marker | None:
    """Finds a marker at one of the two places where it can stand."""
    for offset in (0, DNS_MARKER_OFFSET):
        found = MARKER.match(payload, offset)
        if found:
            return Marker(found[0].decode(), found[1].decode(),
                          int(found[2], 16), int(found[3], 16))
    return None


def cells(stream: int, direction: int, length: int) -> bytes:
    """The first `length` octets of one direction of a TCP stream; a multiple of 8."""
    data = bytearray()
    cell = bytes((CELL_SYNC | direction, stream, 0, 0, 0, 0, 0x2A, 0x2A))
    block = bytearray(cell * 128)
    block[5::CELL_LENGTH] = bytes(range(128))
    for high in range(-(-length // len(block))):
        for octet, shift in ((2, 14), (3, 7), (4, 0)):
            block[octet::CELL_LENGTH] = bytes((high >> shift & 0x7F,)) * 128
        data += block
    return bytes(data[:length])


class StreamPlace(NamedTuple):
    """Where in a stream a segment begins."""

    stream: int
    direction: int
    offset: int


def read_cells(payload: bytes) -> StreamPlace | None:
    """Tells the place of a segment from its first octets."""
    for start in range(min(len(payload), CELL_LENGTH)):
        cell = payload[start : start + 6]
        if len(cell) == 6 and cell[0] & 0xFE == CELL_SYNC:
            index = 0
            for octet in cell[2:]:
                index = index << 7 | octet
            return StreamPlace(cell[1], cell[0] & 1, index * CELL_LENGTH - start)
    return None


def pieces(kind: str, flow: int, counter: int, size: int) -> bytes:
    """A datagram of `size` octets, a multiple of 8, of which every 8 octets tell whose they are."""
    data = bytearray(marker(kind, flow, counter) + b"\x2a\x2a")
    sync = PIECE_SYNC | int(kind == "r")
    for index in range(len(data) // 8, size // 8):
        data += PIECE.pack(sync, flow, counter & 0xFFFF, index, PIECE_END)
    return bytes(data)


def read_piece(payload: bytes) -> Marker | None:
    """The marker of the datagram that a later fragment belongs to."""
    if len(payload) < PIECE.size:
        return None
    sync, flow, counter, _, end = PIECE.unpack_from(payload)
    if sync & 0xFE != PIECE_SYNC or end != PIECE_END:
        return None
    kind = "r" if sync & 1 else "q"
    return Marker(marker(kind, flow, counter).decode(), kind, flow, counter)

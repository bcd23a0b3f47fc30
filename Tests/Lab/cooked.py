"""Captures of all interfaces in the older of their two formats."""

from __future__ import annotations

import struct

from pcap import LINUX_SLL2, RECORD_HEADER, EditedCapture

LINUX_SLL = 113
COOKED2 = struct.Struct(">HHIHBB8s")
COOKED = struct.Struct(">HHH8sH")


def without_interfaces(capture: EditedCapture) -> bytes:
    """The capture as LINUX_SLL, which does not tell the interface; another than LINUX_SLL2 as it is."""
    if capture.link_type != LINUX_SLL2:
        return bytes(capture.content)
    parts = [bytes(capture.content[:20]), struct.pack("<I", LINUX_SLL)]
    for place in capture.places():
        seconds, fraction, captured, original = RECORD_HEADER.unpack_from(
            capture.content, place.header)
        protocol, _, _, hardware, kind, length, address = COOKED2.unpack_from(
            capture.content, place.start)
        saved = COOKED2.size - COOKED.size
        parts += [
            RECORD_HEADER.pack(seconds, fraction, captured - saved, original - saved),
            COOKED.pack(kind, hardware, length, address, protocol),
            bytes(capture.content[place.start + COOKED2.size : place.end]),
        ]
    return b"".join(parts)

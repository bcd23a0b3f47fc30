"""Changes to the innermost packet of a frame, with its checksums."""

from __future__ import annotations

import struct

from headers import ECHOES, ERRORS, ICMP, ICMPV6, IPV4, IPV6, UDP
from markers import DNS_MARKER_OFFSET, MARKER, MARKER_LENGTH
from pcap import ETHERNET, EditedCapture, Place
from topology import VXLAN_PORTS

EQUAL_MARKER = b"vxhopq00000000"
UDP_CHECKSUM, ICMP_CHECKSUM = 6, 2


class Editor:
    """Edits the frames of one capture. Every change keeps the sum of what a checksum covers, so the
    checksums of headers around it stay true."""

    def __init__(self, capture: EditedCapture, zero_ids: bool, equal_payloads: bool) -> None:
        self.content = capture.content
        self.link_type = capture.link_type
        self.zero_ids = zero_ids
        self.equal_payloads = equal_payloads

    def edit(self, place: Place) -> None:
        ethernet = self.link_type == ETHERNET
        protocol = place.start + (12 if ethernet else 0)
        try:
            self.edit_network(self.word(protocol), place.start + (14 if ethernet else 20), place)
        except (struct.error, IndexError):
            return

    def edit_network(self, protocol: int, start: int, place: Place) -> None:
        if protocol == IPV4:
            body = start + (self.content[start] & 0x0F) * 4
            transport, cut = self.content[start + 9], self.word(start + 6) & 0x3FFF
        elif protocol == IPV6:
            body, transport, cut = start + 40, self.content[start + 6], 0
        else:
            return
        if transport == UDP and not cut & 0x1FFF and self.word(body + 2) in VXLAN_PORTS:
            self.edit_network(self.word(body + 28), body + 30, place)
            return
        if protocol == IPV4 and self.zero_ids and not cut:
            self.change(start + 4, b"\0\0", start + 10, start)
        if not cut & 0x1FFF:
            self.edit_body(transport, body, place)

    def edit_body(self, transport: int, body: int, place: Place) -> None:
        kind = (transport, self.content[body])
        if transport == UDP:
            for offset in (0, DNS_MARKER_OFFSET):
                self.make_equal(body + 8 + offset, body + UDP_CHECKSUM, body, place)
        elif kind in ECHOES:
            self.make_equal(body + 8, body + ICMP_CHECKSUM, body, place)
        elif kind in ERRORS and transport in (ICMP, ICMPV6):
            self.edit_network(IPV4 if transport == ICMP else IPV6, body + 8, place)

    def make_equal(self, start: int, checksum: int, covered: int, place: Place) -> None:
        whole = start + MARKER_LENGTH <= place.end
        if self.equal_payloads and whole and MARKER.match(self.content, start):
            self.change(start, EQUAL_MARKER, checksum, covered)

    def change(self, start: int, new: bytes, checksum: int, covered: int) -> None:
        """Writes new octets and updates the checksum over them (RFC 1624, equation 3). `covered` is
        where the checksummed words begin. A UDP checksum of 0 is none."""
        first = start - (start - covered) % 2
        end = start + len(new)
        end += (end - covered) % 2
        old_sum = self.sum(first, end)
        self.content[start : start + len(new)] = new
        old = self.word(checksum)
        if old == 0 and checksum == covered + UDP_CHECKSUM:
            return
        total = (~old & 0xFFFF) + (~old_sum & 0xFFFF) + self.sum(first, end)
        while total >> 16:
            total = (total & 0xFFFF) + (total >> 16)
        struct.pack_into("!H", self.content, checksum, ~total & 0xFFFF)

    def sum(self, start: int, end: int) -> int:
        total = sum(struct.unpack_from(f"!{(end - start) // 2}H", self.content, start))
        while total >> 16:
            total = (total & 0xFFFF) + (total >> 16)
        return total

    def word(self, offset: int) -> int:
        return int(struct.unpack_from("!H", self.content, offset)[0])

"""Walks from a captured frame to the innermost IP packet; shares nothing with vxhop's decoder."""

from __future__ import annotations

import ipaddress
import struct
from dataclasses import dataclass

from markers import Marker, StreamPlace, read_cells, read_marker
from pcap import ETHERNET, LINUX_SLL2, Record
from topology import VXLAN_PORT

IPV4, IPV6 = 0x0800, 0x86DD
TCP, UDP = 6, 17
ECHOES = {(1, 8): "request", (1, 0): "reply", (58, 128): "request", (58, 129): "reply"}


@dataclass(frozen=True)
class Segment:
    """A TCP segment's own fields. `timestamp` is TSval (RFC 7323), or None without the option."""

    sequence: int
    acknowledgement: int
    flags: int
    length: int
    timestamp: int | None
    place: StreamPlace | None


@dataclass(frozen=True)
class Sighting:
    """The innermost IP packet of one frame. `length` is the IP packet's."""

    frame: int
    time: int
    interface_index: int | None
    encapsulated: bool
    source: str
    destination: str
    protocol: int
    ip_id: int | None
    ttl: int
    length: int
    marker: Marker | None = None
    echo: str | None = None
    segment: Segment | None = None


def see(record: Record) -> Sighting | None:
    """The sighting of a record; None for what is not IP, or is cut before its ports."""
    data = record.data
    if record.link_type == ETHERNET:
        index, protocol, packet = None, int.from_bytes(data[12:14], "big"), data[14:]
    elif record.link_type == LINUX_SLL2:
        protocol, _, index = struct.unpack_from("!HHI", data)
        packet = data[20:]
    else:
        raise ValueError(f"link type {record.link_type}")
    try:
        return see_network(record, index, protocol, packet, False)
    except (struct.error, IndexError):
        return None


def see_network(
    record: Record, index: int | None, protocol: int, packet: bytes, encapsulated: bool
) -> Sighting | None:
    if protocol == IPV4:
        start = (packet[0] & 0x0F) * 4
        length, ip_id = struct.unpack_from("!HH", packet, 2)
        ttl, transport = packet[8], packet[9]
        source, destination = packet[12:16], packet[16:20]
    elif protocol == IPV6:
        start, ip_id = 40, None
        length = 40 + struct.unpack_from("!H", packet, 4)[0]
        transport, ttl = packet[6], packet[7]
        source, destination = packet[8:24], packet[24:40]
    else:
        return None
    body = packet[start:length]
    if transport == UDP and not encapsulated and struct.unpack_from("!H", body, 2)[0] == VXLAN_PORT:
        inner = body[16:]
        return see_network(record, index, int.from_bytes(inner[12:14], "big"), inner[14:], True)

    marker, echo, segment = None, None, None
    if transport == UDP:
        marker = read_marker(body[8:])
    elif transport == TCP:
        segment = read_segment(body, length - start)
    elif (transport, body[0]) in ECHOES:
        echo, marker = ECHOES[transport, body[0]], read_marker(body[8:])
    return Sighting(
        record.frame, record.time, index, encapsulated,
        str(ipaddress.ip_address(source)), str(ipaddress.ip_address(destination)),
        transport, ip_id, ttl, length, marker, echo, segment,
    )


def read_segment(body: bytes, length: int) -> Segment:
    sequence, acknowledgement, offset, flags = struct.unpack_from("!IIBB", body, 4)
    start = (offset >> 4) * 4
    payload_length = length - start
    place = read_cells(body[start:]) if payload_length > 0 else None
    timestamp = read_timestamp(body[20:start])
    return Segment(sequence, acknowledgement, flags, payload_length, timestamp, place)


def read_timestamp(options: bytes) -> int | None:
    offset = 0
    while offset < len(options):
        kind = options[offset]
        if kind == 0:
            return None
        if kind == 1:
            offset += 1
            continue
        if kind == 8:
            return int(struct.unpack_from("!I", options, offset + 2)[0])
        offset += max(2, options[offset + 1])
    return None

"""Walks from a captured frame to the innermost IP packet; shares nothing with vxhop's decoder."""

from __future__ import annotations

import ipaddress
import struct
from functools import lru_cache
from typing import NamedTuple

from markers import Marker, StreamPlace, read_cells, read_marker, read_piece
from pcap import ETHERNET, LINUX_SLL2, Record
from topology import VXLAN_PORTS

IPV4, IPV6 = 0x0800, 0x86DD
TCP, UDP, ICMP, ICMPV6, FRAGMENT_HEADER = 6, 17, 1, 58, 44
HOP_BY_HOP, JUMBO_PAYLOAD = 0, 0xC2
ECHOES = {(ICMP, 8): "request", (ICMP, 0): "reply",
          (ICMPV6, 128): "request", (ICMPV6, 129): "reply"}
ERRORS = {(ICMP, kind) for kind in (3, 11)} | {(ICMPV6, kind) for kind in (1, 2, 3)}


class Segment(NamedTuple):
    """A TCP segment's own fields. `options` is their length in octets; `timestamp` is TSval (RFC
    7323), or None without the option; `rest` is the window and the options as they are, which no
    hop changes: SACK blocks (RFC 2018) part acknowledgments that are else equal."""

    sequence: int
    acknowledgement: int
    flags: int
    length: int
    options: int
    timestamp: int | None
    rest: bytes
    place: StreamPlace | None


class Fragment(NamedTuple):
    """Where an IP fragment stands in the IP payload, in octets."""

    identification: int
    offset: int
    more: bool


class Sighting(NamedTuple):
    """The innermost IP packet of one frame. `length` is the IP packet's, `payload` that of the IP
    payload. `echo` is request, reply, or error for a packet that quotes the marked one.
    `outer_fragment` names the outer datagram of which the frame is the first fragment."""

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
    payload: int = 0
    source_port: int | None = None
    destination_port: int | None = None
    icmp_id: int | None = None
    marker: Marker | None = None
    echo: str | None = None
    segment: Segment | None = None
    fragment: Fragment | None = None
    outer_fragment: Fragment | None = None


class OuterTail(NamedTuple):
    """A frame with a later fragment of an outer datagram."""

    frame: int
    interface_index: int | None
    fragment: Fragment


class Network(NamedTuple):
    """The fields of an IP header that the walk needs, and what follows it."""

    source: bytes
    destination: bytes
    protocol: int
    ip_id: int | None
    ttl: int
    length: int
    payload: int
    fragment: Fragment | None
    body: bytes


def see(record: Record) -> Sighting | OuterTail | None:
    """What a record shows; None for what is not IP, or is cut before its ports."""
    data = record.data
    if record.link_type == ETHERNET:
        index, protocol, packet = None, int.from_bytes(data[12:14], "big"), data[14:]
    elif record.link_type == LINUX_SLL2:
        protocol, _, index = struct.unpack_from("!HHI", data)
        packet = data[20:]
    else:
        raise ValueError(f"link type {record.link_type}")
    try:
        return see_packet(record, index, protocol, packet)
    except (struct.error, IndexError):
        return None


def see_packet(
    record: Record, index: int | None, protocol: int, packet: bytes
) -> Sighting | OuterTail | None:
    network = read_network(protocol, packet)
    if network is None:
        return None
    outer = None
    if network.protocol == UDP and not is_tail(network) and len(network.body) >= 30:
        if struct.unpack_from("!H", network.body, 2)[0] in VXLAN_PORTS:
            outer = network
            inner = network.body[16:]
            network = read_network(int.from_bytes(inner[12:14], "big"), inner[14:])
            if network is None:
                return None
    if outer is None and is_tail(network):
        assert network.fragment is not None
        if read_piece(network.body) is None:
            return OuterTail(record.frame, index, network.fragment)
    common = (
        record.frame, record.time, index, outer is not None,
        address(network.source), address(network.destination),
        network.protocol, network.ip_id, network.ttl, network.length, network.payload,
    )
    return Sighting(*common, **see_transport(network), fragment=network.fragment,
                    outer_fragment=outer.fragment if outer else None)  # type: ignore[arg-type]


@lru_cache(maxsize=None)
def address(octets: bytes) -> str:
    return str(ipaddress.ip_address(octets))


def is_tail(network: Network) -> bool:
    return network.fragment is not None and network.fragment.offset > 0


def read_network(protocol: int, packet: bytes) -> Network | None:
    if protocol == IPV4:
        start = (packet[0] & 0x0F) * 4
        length, ip_id, cut = struct.unpack_from("!HHH", packet, 2)
        offset, more = (cut & 0x1FFF) * 8, bool(cut & 0x2000)
        fragment = Fragment(ip_id, offset, more) if offset or more else None
        return Network(packet[12:16], packet[16:20], packet[9], ip_id, packet[8], length,
                       length - start, fragment, packet[start:length])
    if protocol != IPV6:
        return None
    start, following, fragment = 40, packet[6], None
    length = 40 + struct.unpack_from("!H", packet, 4)[0]
    if following == HOP_BY_HOP and packet[42] == JUMBO_PAYLOAD:
        # BIG TCP (RFC 2675): one option of 8 octets has the length.
        following, length = packet[40], 40 + struct.unpack_from("!I", packet, 44)[0]
        start += 8
    if following == FRAGMENT_HEADER:
        following, cut, identification = packet[40], *struct.unpack_from("!HI", packet, 42)
        fragment = Fragment(identification, cut & 0xFFF8, bool(cut & 1))
        start += 8
    return Network(packet[8:24], packet[24:40], following, None, packet[7], length,
                   length - start, fragment, packet[start:length])


def see_transport(network: Network) -> dict[str, object]:
    """Marker and ports of the packet, or of the packet that an ICMP error quotes."""
    body = network.body
    if is_tail(network):
        return {"marker": read_piece(body)}
    if network.protocol == UDP:
        source, destination = struct.unpack_from("!HH", body)
        return {"source_port": source, "destination_port": destination,
                "marker": read_marker(body[8:])}
    if network.protocol == TCP:
        source, destination = struct.unpack_from("!HH", body)
        return {"source_port": source, "destination_port": destination,
                "segment": read_segment(body, network.payload)}
    kind = (network.protocol, body[0])
    if kind in ECHOES:
        return {"icmp_id": struct.unpack_from("!H", body, 4)[0], "echo": ECHOES[kind],
                "marker": read_marker(body[8:])}
    if kind in ERRORS:
        quoted = read_network(IPV4 if network.protocol == ICMP else IPV6, body[8:])
        if quoted is not None and quoted.protocol in (UDP, ICMP, ICMPV6):
            return {"echo": "error", "marker": read_marker(quoted.body[8:])}
    return {}


def read_segment(body: bytes, length: int) -> Segment:
    sequence, acknowledgement, offset, flags = struct.unpack_from("!IIBB", body, 4)
    start = (offset >> 4) * 4
    payload_length = length - start
    place = read_cells(body[start:]) if payload_length > 0 else None
    timestamp = read_timestamp(body[20:start])
    rest = body[14:16] + body[20:start]
    return Segment(sequence, acknowledgement, flags, payload_length, start - 20, timestamp, rest,
                   place)


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

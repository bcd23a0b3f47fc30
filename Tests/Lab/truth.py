"""Finds out which point saw which packet, from the markers in the payloads, and writes it down.

Per-interface captures and `-i any` captures are two lists, `truth.jsonl` and `truth-any.jsonl`.
TCP segments without payload have no marker; they are told by IP ID, flags, sequence and
acknowledgement and kept apart in `truth-tcp-control.jsonl` and `truth-any-tcp-control.jsonl`.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from capture import CapturePoint
from flows import Flow
from headers import Sighting, see
from paths import endpoints_by_address, intended_path
from pcap import read_pcap
from topology import Lab

TCP_FLAGS = "FSRPAU"
Key = tuple[object, ...]


class TruthUnclear(RuntimeError):
    """The captures do not allow the truth to be told."""


@dataclass
class Observed:
    """A sighting with its place."""

    file: str
    point: str
    sighting: Sighting


@dataclass
class Packet:
    """All sightings of one packet, by point. `turn` parts packets that are equal in every field."""

    key: Key
    seen: dict[str, list[Observed]] = field(default_factory=lambda: defaultdict(list))
    turn: int | None = None

    def first(self) -> Sighting:
        return next(iter(self.seen.values()))[0].sighting


class Truth:
    """The packets of one list of captures."""

    def __init__(
        self, lab: Lab, flows: list[Flow], captures: list[CapturePoint], folder: Path
    ) -> None:
        self.lab = lab
        self.flows = {flow.number: flow for flow in flows}
        self.services = {flow.address: flow.server for flow in flows}
        self.owners = endpoints_by_address(lab)
        self.packets: dict[Key, Packet] = {}
        self.frames = 0
        self.unmarked = 0
        self.unclear = 0
        for capture in captures:
            self.read(capture, folder)
        self.points = set(self.captured_points(captures, folder))

    def captured_points(self, captures: list[CapturePoint], folder: Path) -> Iterator[str]:
        for capture in captures:
            if capture.interface is not None:
                yield f"{capture.node}/{capture.interface}"
            else:
                names = interface_names(folder, capture.node).values()
                yield from (f"{capture.node}/{name}" for name in names)

    def read(self, capture: CapturePoint, folder: Path) -> None:
        names = interface_names(folder, capture.node)
        for record in read_pcap(folder / capture.file):
            self.frames += 1
            sighting = see(record)
            key = sighting and packet_key(sighting)
            if sighting is None or key is None:
                self.unmarked += 1
                continue
            interface = capture.interface or names[sighting.interface_index or 0]
            point = f"{capture.node}/{interface}"
            packet = self.packets.setdefault(key, Packet(key))
            packet.seen[point].append(Observed(capture.file, point, sighting))

    def objects(self) -> list[dict[str, object]]:
        """One object a packet, by the time of its first sighting."""
        packets = [part for packet in self.packets.values() for part in self.part_twins(packet)]
        packets.sort(key=lambda packet: packet.first().time)
        return [self.describe(packet) for packet in packets]

    def part_twins(self, packet: Packet) -> list[Packet]:
        """Parts TCP segments that are the same in every field: no queue changes their order.

        Such is a SYN-ACK sent twice within a millisecond, by timer and for a repeated SYN, or an
        IPv6 segment sent again as soon. Where only some of them arrived, nobody can tell which,
        and they are left out.
        """
        number = max(map(len, packet.seen.values()))
        if packet.key[0] == "marker" or number == 1:
            return [packet]
        if any(len(seen) != number for seen in packet.seen.values()):
            self.unclear += 1
            return []
        return [
            Packet(packet.key, {point: [seen[turn]] for point, seen in packet.seen.items()}, turn)
            for turn in range(number)
        ]

    def describe(self, packet: Packet) -> dict[str, object]:
        sender, receiver, family, identity = self.identify(packet)
        path = [
            point for point in intended_path(self.lab, sender, receiver, family)
            if point in self.points
        ]
        observations, reached = lay_out(packet, path)
        first = packet.first()
        return {
            **identity,
            "turn": packet.turn,
            "from": sender,
            "to": receiver,
            "ip_id": first.ip_id,
            "length": first.length,
            "path": path,
            "outcome": "complete" if reached == len(path) else "lost",
            "last": path[reached - 1] if reached else None,
            "observations": observations,
        }

    def identify(self, packet: Packet) -> tuple[str, str, int, dict[str, object]]:
        """Sender, receiver, family, and the fields that name the packet."""
        sighting = packet.first()
        if sighting.marker:
            flow = self.flows[sighting.marker.flow]
            back = sighting.marker.kind == "r" or sighting.echo == "reply"
            identity = {
                "kind": "icmp" if sighting.echo else "udp",
                "marker": sighting.marker.text,
                "flow": flow.number,
                "direction": "reply" if back else "request",
            }
        elif sighting.segment and sighting.segment.place:
            place = sighting.segment.place
            flow, back = self.flows[place.stream], place.direction == 1
            identity = {
                "kind": "tcp",
                "flow": flow.number,
                "direction": "down" if back else "up",
                "offset": place.offset,
                "payload": sighting.segment.length,
            }
        else:
            return self.identify_control(packet)
        sender, receiver = (flow.server, flow.client) if back else (flow.client, flow.server)
        return sender, receiver, flow.family, identity

    def identify_control(self, packet: Packet) -> tuple[str, str, int, dict[str, object]]:
        sighting = packet.first()
        segment = sighting.segment
        assert segment is not None
        flags = "".join(name for bit, name in enumerate(TCP_FLAGS) if segment.flags >> bit & 1)
        identity: dict[str, object] = {
            "kind": "tcp-control",
            "flags": flags,
            "sequence": segment.sequence,
            "acknowledgement": segment.acknowledgement,
        }
        sender, receiver = self.owner(sighting.source), self.owner(sighting.destination)
        return sender, receiver, 6 if ":" in sighting.source else 4, identity

    def owner(self, address: str) -> str:
        owner = self.owners.get(address) or self.services.get(address)
        if owner is None:
            raise TruthUnclear(f"nobody owns {address}")
        return owner


def interface_names(folder: Path, node: str) -> dict[int, str]:
    links = json.loads((folder / f"{node}.link.json").read_text())
    return {link["ifindex"]: link["ifname"] for link in links}


def packet_key(sighting: Sighting) -> Key | None:
    """What is the same in every sighting of one packet and in no other packet."""
    if sighting.marker:
        return ("marker", sighting.marker.text, sighting.echo)
    segment = sighting.segment
    if segment is None:
        return None
    # IP ID and timestamp part a retransmission from the segment sent first.
    instance = (sighting.ip_id, segment.timestamp)
    if segment.length == 0:
        return ("control", segment.flags, segment.sequence, segment.acknowledgement, *instance)
    if segment.place is None:
        raise TruthUnclear(f"frame {sighting.frame}: a TCP payload too short to tell its place")
    place = segment.place
    return ("cells", place.stream, place.direction, place.offset, segment.length, *instance)


def lay_out(packet: Packet, path: list[str]) -> tuple[list[dict[str, object]], int]:
    """The observations in path order, and how many points of the path were reached."""
    left = {point: list(seen) for point, seen in packet.seen.items()}
    laid: list[dict[str, object]] = []
    reached = 0
    for place, point in enumerate(path):
        if not left.get(point):
            continue
        if reached != place:
            raise TruthUnclear(f"{packet.key}: {point} saw it, {path[reached]} did not")
        laid.append(observation(left[point].pop(0), "path"))
        reached = place + 1
        for other in [other for other in left if is_copy(other, point, path)]:
            laid += [observation(seen, "bridge-copy") for seen in left.pop(other)]
    for point, seen in left.items():
        if seen:
            raise TruthUnclear(f"{packet.key}: not expected at {point}")
    return laid, reached


def is_copy(other: str, point: str, path: list[str]) -> bool:
    """Whether a promiscuous bridge beside `point` saw what it only forwarded from port to port."""
    node, interface = point.split("/")
    return other == f"{node}/cni0" and other not in path and interface.startswith("veth")


def observation(observed: Observed, kind: str) -> dict[str, object]:
    return {
        "kind": kind,
        "point": observed.point,
        "file": observed.file,
        "frame": observed.sighting.frame,
    }


def write_truth(folder: Path, name: str, objects: Iterable[dict[str, object]]) -> None:
    """Writes marked packets to NAME.jsonl and TCP control segments to NAME-tcp-control.jsonl."""
    texts = {f"{name}.jsonl": "", f"{name}-tcp-control.jsonl": ""}
    for value in objects:
        control = value["kind"] == "tcp-control"
        file = f"{name}-tcp-control.jsonl" if control else f"{name}.jsonl"
        texts[file] += json.dumps(value, separators=(",", ":")) + "\n"
    for file, text in texts.items():
        (folder / file).write_text(text)

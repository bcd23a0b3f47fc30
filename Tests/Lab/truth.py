"""Finds out which point saw which packet, from the markers in the payloads, and writes it down.

Per-interface captures and `-i any` captures are two lists, `truth.jsonl` and `truth-any.jsonl`.
TCP segments without payload have no marker; they are told by IP ID, flags, sequence and
acknowledgement and kept apart in `truth-tcp-control.jsonl` and `truth-any-tcp-control.jsonl`.
What is cut and glued on its way is in `truth-ranges.jsonl` and `truth-any-ranges.jsonl`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from capture import CapturePoint
from flows import Flow
from headers import OuterTail, Sighting, see
from observed import Key, Observed, Packet, TruthUnclear, lay_out, taken
from paths import endpoints_by_address, flow_path, intended_path
from pcap import read_capture
from ranges import Ranges
from streams import SequenceSpaces, Side
from topology import Lab

TCP_FLAGS = "FSRPAU"
TCP_WAYS = ("up", "down")


@dataclass(frozen=True)
class Belonging:
    """Whose a packet is. `flow` is None for TCP control segments that no flow claims."""

    flow: Flow | None
    direction: str
    sender: str
    receiver: str
    family: int

    def path(self, lab: Lab) -> list[str]:
        if self.flow is None:
            return intended_path(lab, self.sender, self.receiver, self.family)
        return flow_path(lab, self.flow, self.direction)


class Truth:
    """The packets of one list of captures.

    `cut_and_glued`: TCP data, UDP GSO and datagrams in pieces are told as ranges. `duplicates`: the
    scenario makes packets pass more than once.
    """

    def __init__(
        self, lab: Lab, flows: list[Flow], captures: list[CapturePoint], folder: Path,
        cut_and_glued: bool = False, duplicates: bool = False,
    ) -> None:
        self.lab = lab
        self.flows = {flow.number: flow for flow in flows}
        self.services = {flow.address: flow.server for flow in flows}
        self.owners = endpoints_by_address(lab)
        self.duplicates = duplicates
        self.packets: dict[Key, Packet] = {}
        self.spaces = SequenceSpaces()
        self.ways: dict[Belonging, list[str]] = {}
        self.ranges = Ranges(self.flows, cut_and_glued)
        self.frames = 0
        self.unmarked = 0
        self.unclear = 0
        self.cut: list[Observed] = []
        for capture in captures:
            self.read(capture, folder)
        for observed in self.cut:
            self.keep(self.placed(observed))
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
        outer: dict[tuple[int | None, int], Observed] = {}
        for record in read_capture(folder / capture.file):
            self.frames += 1
            sighting = see(record)
            if isinstance(sighting, OuterTail):
                whole = outer.get((sighting.interface_index, sighting.fragment.identification))
                if whole:
                    whole.tails += (sighting.frame,)
                else:
                    self.unmarked += 1
                continue
            if sighting is None or not (sighting.marker or sighting.segment):
                self.unmarked += 1
                continue
            interface = capture.interface or names.get(sighting.interface_index or 0)
            point = record.point or f"{capture.node}/{interface}"
            observed = Observed(capture.file, point, sighting)
            if sighting.outer_fragment:
                own = sighting.outer_fragment.identification
                outer[sighting.interface_index, own] = observed
            segment = sighting.segment
            if segment and segment.place:
                self.spaces.learn(segment)
            if segment and segment.length and not segment.place:
                self.cut.append(observed)
            else:
                self.keep(observed)

    def keep(self, observed: Observed) -> None:
        if not self.ranges.take(observed):
            key = packet_key(observed.sighting)
            self.packets.setdefault(key, Packet(key)).seen[observed.point].append(observed)

    def placed(self, observed: Observed) -> Observed:
        """The same sighting of a segment, with the place that its sequence number tells."""
        sighting = observed.sighting
        assert sighting.segment is not None
        place = self.spaces.place(sighting.segment)
        if place is None:
            raise TruthUnclear(f"{observed.file} frame {sighting.frame}: data of no stream")
        segment = sighting.segment._replace(place=place)
        return replace(observed, sighting=sighting._replace(segment=segment))

    def objects(self) -> list[dict[str, object]]:
        """One object a packet, by the time of its first sighting."""
        packets = [part for packet in self.packets.values() for part in self.part_twins(packet)]
        packets.sort(key=lambda packet: packet.first().time)
        return [self.describe(packet) for packet in packets]

    def range_objects(self) -> list[dict[str, object]]:
        """One object a finest part of what was cut or glued, by time."""
        values = []
        for packet, identity in self.ranges.parts():
            flow, direction = self.flows[int(str(identity["flow"]))], str(identity["direction"])
            values.append(self.lay(packet, identity, belonging_to(flow, direction)))
        return values

    def part_twins(self, packet: Packet) -> list[Packet]:
        """Parts TCP segments that are the same in every field of the key: no queue changes their
        order. Where processors do, those without an IP ID are still told by window and options.

        Such is a SYN-ACK sent twice within a millisecond, by timer and for a repeated SYN, or an
        IPv6 segment sent again as soon. Where only some of them arrived, nobody can tell which,
        and they are left out.
        """
        once = all(len(seen) == 1 for seen in packet.seen.values())
        if once or packet.key[0] == "marker" or self.duplicates:
            return [packet]
        path = taken(self.way(self.belonging(packet)), packet)
        times = {point: max(1, path.count(point)) for point in packet.seen}
        counts = {self.count(seen) / times[point] for point, seen in packet.seen.items()}
        if counts == {1}:
            return [packet]
        if len(counts) > 1:
            self.unclear += 1
            return []
        first = min(packet.seen.values(), key=lambda seen: seen[0].sighting.time)
        turns = {point: in_order_of(first, seen) for point, seen in packet.seen.items()}
        return [
            Packet(packet.key, {point: [seen[turn]] for point, seen in turns.items()}, turn)
            for turn in range(int(counts.pop()))
        ]

    @staticmethod
    def count(seen: list[Observed]) -> int:
        return sum(observed.file == seen[0].file for observed in seen)

    def describe(self, packet: Packet) -> dict[str, object]:
        belonging = self.belonging(packet)
        identity = self.identify(packet.first())
        if belonging.flow is not None:
            identity |= {"flow": belonging.flow.number, "direction": belonging.direction}
        return self.lay(packet, identity, belonging)

    def lay(
        self, packet: Packet, identity: dict[str, object], belonging: Belonging
    ) -> dict[str, object]:
        path = [point for point in taken(self.way(belonging), packet) if point in self.points]
        first = packet.first()
        value: dict[str, object] = {
            "turn": packet.turn,
            "from": belonging.sender,
            "to": belonging.receiver,
            "ip_id": first.ip_id,
            "length": first.length,
            **identity,
            "path": path,
        }
        if identity.get("unclear"):
            self.unclear += 1
            every = [observed for seen in packet.seen.values() for observed in seen]
            seen = [observed.describe("unclear") for observed in every]
            return {**value, "outcome": None, "last": None, "observations": seen}
        laid = lay_out(packet, path, self.duplicates)
        value["outcome"] = "complete" if laid.reached == len(path) else "lost"
        value["last"] = path[laid.reached - 1] if laid.reached else None
        value["observations"] = laid.observations()
        if changes := laid.changes():
            value["changes"] = changes
        return value

    def way(self, belonging: Belonging) -> list[str]:
        """The path of a flow's packets, looked up once."""
        if belonging not in self.ways:
            self.ways[belonging] = belonging.path(self.lab)
        return self.ways[belonging]

    def belonging(self, packet: Packet) -> Belonging:
        sighting = packet.first()
        if sighting.marker:
            back = sighting.marker.kind == "r" or sighting.echo == "reply"
            if sighting.echo == "error":
                # A client that is done refuses late replies.
                direction = "refusal" if back else "error"
            else:
                direction = "reply" if back else "request"
            return belonging_to(self.flows[sighting.marker.flow], direction)
        segment = sighting.segment
        assert segment is not None
        if segment.place:
            side: Side | None = (segment.place.stream, segment.place.direction)
        else:
            side = self.spaces.side(segment)
        if side:
            return belonging_to(self.flows[side[0]], TCP_WAYS[side[1]])
        sender, receiver = self.owner(sighting.source), self.owner(sighting.destination)
        for flow in self.flows.values():
            if flow.protocol != "tcp" or not self.spaces.silent(flow):
                continue
            # A client that refuses a reply from an unknown address answers to that address.
            if (flow.client, flow.server, flow.address) == (
                sender, receiver, sighting.destination):
                return belonging_to(flow, "up")
            if (flow.server, flow.client) == (sender, receiver):
                return belonging_to(flow, "down")
        return Belonging(None, "", sender, receiver, 6 if ":" in sighting.source else 4)

    @staticmethod
    def identify(sighting: Sighting) -> dict[str, object]:
        """The fields that name a packet."""
        segment = sighting.segment
        if sighting.marker:
            error = sighting.echo == "error"
            kind = "icmp-error" if error else "icmp" if sighting.echo else "udp"
            return {"kind": kind, "marker": sighting.marker.text}
        assert segment is not None
        if segment.place:
            return {"kind": "tcp", "offset": segment.place.offset, "payload": segment.length}
        flags = "".join(name for bit, name in enumerate(TCP_FLAGS) if segment.flags >> bit & 1)
        return {
            "kind": "tcp-control",
            "flags": flags,
            "sequence": segment.sequence,
            "acknowledgement": segment.acknowledgement,
        }

    def owner(self, address: str) -> str:
        owner = self.owners.get(address) or self.services.get(address)
        if owner is None:
            raise TruthUnclear(f"nobody owns {address}")
        return owner


def belonging_to(flow: Flow, direction: str) -> Belonging:
    back = direction in ("reply", "down", "error")
    ends = (flow.server, flow.client) if back else (flow.client, flow.server)
    return Belonging(flow, direction, *ends, flow.family)


def interface_names(folder: Path, node: str) -> dict[int, str]:
    links = json.loads((folder / f"{node}.link.json").read_text())
    return {link["ifindex"]: link["ifname"] for link in links}


def in_order_of(first: list[Observed], seen: list[Observed]) -> list[Observed]:
    """A point's sightings in the order in which another point had the same segments."""
    left, ordered = list(seen), []
    for one in first:
        like = [other for other in left if details(other.sighting) == details(one.sighting)]
        if like:
            ordered.append(like[0])
            left.remove(like[0])
    return ordered + left


def details(sighting: Sighting) -> bytes:
    """What tells segments without an IP ID apart; of others little of it may be captured."""
    assert sighting.segment is not None
    return sighting.segment.rest if sighting.ip_id is None else b""


def packet_key(sighting: Sighting) -> Key:
    """What is the same in every sighting of one packet and in no other packet."""
    if sighting.marker:
        # Answers to a packet that came twice are two, with the same marker.
        answer = sighting.ip_id if sighting.echo in ("reply", "error") else None
        return ("marker", sighting.marker.text, sighting.echo, answer)
    segment = sighting.segment
    assert segment is not None
    # IP ID and timestamp part a retransmission from the segment sent first.
    instance = (sighting.ip_id, segment.timestamp)
    if segment.length == 0:
        return ("control", segment.flags, segment.sequence, segment.acknowledgement, *instance)
    place = segment.place
    assert place is not None
    return ("cells", place.stream, place.direction, place.offset, segment.length, *instance)


def write_truth(
    folder: Path, name: str, objects: Iterable[dict[str, object]],
    ranges: Iterable[dict[str, object]],
) -> None:
    """Writes marked packets to NAME.jsonl, TCP control segments to NAME-tcp-control.jsonl, and
    parts, where there are any, to NAME-ranges.jsonl."""
    lists: dict[str, list[str]] = {f"{name}.jsonl": [], f"{name}-tcp-control.jsonl": []}
    for value in objects:
        control = value["kind"] == "tcp-control"
        file = f"{name}-tcp-control.jsonl" if control else f"{name}.jsonl"
        lists[file].append(json.dumps(value, separators=(",", ":")) + "\n")
    parts = [json.dumps(value, separators=(",", ":")) + "\n" for value in ranges]
    if parts:
        lists[f"{name}-ranges.jsonl"] = parts
    for file, lines in lists.items():
        (folder / file).write_text("".join(lines))

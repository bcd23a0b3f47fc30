"""The truth of packets that are cut and glued on their way, told by ranges of streams.

What a point recorded is a unit: a stretch of a TCP stream, some UDP GSO segments, a piece of a
fragmented datagram. Units are taken apart into their smallest possible pieces; neighbouring pieces
that lie in the very same units are one part again. So parts are cut at every border that any point
recorded, and nowhere else.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from flows import Flow
from headers import Sighting
from markers import marker
from observed import Key, Observed, Packet, Part

UDP_HEADER, FRAGMENT_UNIT = 8, 8
# Writes and TCP options are whole words, and so are all borders in a stream.
WORD = 4
SEQUENCES, IP_IDS = 1 << 32, 1 << 16


@dataclass(frozen=True)
class Unit:
    """What one frame holds: `length` octets from `offset` on, cut into pieces of `grain` octets.

    `run` names what it is a stretch of: one TCP stream in one direction at one TSval (and of one
    transmission, where that tells), one UDP flow, one datagram.
    """

    kind: str
    run: Key
    flow: Flow
    direction: str
    offset: int
    length: int
    grain: int
    observed: Observed

    @property
    def sighting(self) -> Sighting:
        return self.observed.sighting

    def pieces(self) -> Iterator[tuple[int, int, int | None]]:
        """Place, length and IP ID of each piece. The k-th segment of a unit has the k-th ID."""
        own = self.sighting.ip_id
        counts = own is not None and self.kind != "fragment"
        for turn, start in enumerate(range(0, self.length, self.grain)):
            ip_id = (own + turn) % IP_IDS if own is not None and counts else None
            yield self.offset + start, min(self.grain, self.length - start), ip_id


@dataclass
class Stretch:
    """Neighbouring pieces in the same units."""

    run: Key
    offset: int
    length: int
    last_id: int | None
    units: list[Unit]

    def continues(self, run: Key, offset: int, ip_id: int | None, units: list[Unit]) -> bool:
        following = None if self.last_id is None else (self.last_id + 1) % IP_IDS
        return (run, offset, ip_id) == (self.run, self.offset + self.length, following) \
            and [id(unit) for unit in units] == [id(unit) for unit in self.units]


class Ranges:
    """Collects the units of a list of captures and cuts them into parts."""

    def __init__(self, flows: dict[int, Flow], cut_and_glued: bool) -> None:
        self.flows = flows
        self.cut_and_glued = cut_and_glued
        self.units: list[Unit] = []

    def take(self, observed: Observed) -> bool:
        """Keeps a sighting that is to be told as a range."""
        unit = self.unit(observed) if self.cut_and_glued else None
        if unit is None:
            return False
        self.units.append(unit)
        return True

    def unit(self, observed: Observed) -> Unit | None:
        sighting = observed.sighting
        segment, marked = sighting.segment, sighting.marker
        if segment and segment.place:
            place = segment.place
            flow, direction = self.flows[place.stream], ("up", "down")[place.direction]
            run: Key = (flow.number, direction, segment.timestamp or 0)
            return Unit("tcp-range", run, flow, direction, place.offset, segment.length,
                        flow.segment_data_beside(segment.options), observed)
        if marked is None or sighting.echo:
            return None
        flow, direction = self.flows[marked.flow], "reply" if marked.kind == "r" else "request"
        if flow.segment:
            return Unit("udp-range", (flow.number, direction, 0), flow, direction,
                        marked.counter * flow.segment, sighting.payload - UDP_HEADER,
                        flow.segment, observed)
        if flow.pieces:
            offset = sighting.fragment.offset if sighting.fragment else 0
            return Unit("fragment", (flow.number, direction, marked.counter), flow, direction,
                        offset, sighting.payload, FRAGMENT_UNIT, observed)
        return None

    def stretches(self) -> list[Stretch]:
        holders: dict[tuple[Key, int, int, int | None], list[Unit]] = defaultdict(list)
        for unit in part_transmissions(self.units):
            for offset, length, ip_id in unit.pieces():
                holders[unit.run, offset, length, ip_id].append(unit)
        found: list[Stretch] = []
        for (run, offset, length, ip_id), units in sorted(
            holders.items(), key=lambda item: (item[0][0], item[0][1], item[0][3] or 0)
        ):
            if found and found[-1].continues(run, offset, ip_id, units):
                found[-1].length += length
                found[-1].last_id = ip_id
            else:
                found.append(Stretch(run, offset, length, ip_id, units))
        return sorted(found, key=lambda one: min(unit.sighting.time for unit in one.units))

    def parts(self) -> Iterator[tuple[Packet, dict[str, object]]]:
        """Each part with its sightings, and the fields that name it; by time."""
        sent: Counter[tuple[Key, int]] = Counter()
        for stretch in self.stretches():
            for packet, unclear in split(stretch):
                yield packet, self.identify(stretch, packet, unclear, sent)

    def identify(
        self, stretch: Stretch, packet: Packet, unclear: bool, sent: Counter[tuple[Key, int]]
    ) -> dict[str, object]:
        unit = stretch.units[0]
        alone = [own for own in stretch.units if own.length == stretch.length]
        value: dict[str, object] = {
            "kind": unit.kind, "flow": unit.flow.number, "direction": unit.direction,
            "offset": stretch.offset, "length": stretch.length, "unclear": unclear,
            "ip_id": alone[0].sighting.ip_id if alone else None,
        }
        if unit.kind == "tcp-range":
            segment = unit.sighting.segment
            assert segment is not None
            way = (unit.flow.number, unit.direction)
            words = range(stretch.offset // WORD, (stretch.offset + stretch.length) // WORD)
            value["sequence"] = (segment.sequence + stretch.offset - unit.offset) % SEQUENCES
            value["transmission"] = sent[way, words[0]]
            sent.update((way, word) for word in words)
            return value
        kind = "r" if unit.direction == "reply" else "q"
        counter = stretch.offset // unit.flow.segment if unit.flow.segment else unit.run[2]
        value["marker"] = marker(kind, unit.flow.number, int(str(counter))).decode()
        if unit.kind == "fragment":
            whole = max(own.offset + own.length for own in stretch.units)
            fragment = unit.sighting.fragment
            ends_here = stretch.offset + stretch.length == whole and any(
                own.sighting.fragment is None or not own.sighting.fragment.more
                for own in stretch.units)
            value["more"] = not ends_here
            value["ip_id"] = unit.sighting.ip_id
            value["identification"] = (
                fragment.identification if fragment else unit.sighting.ip_id)
        return value


def part_transmissions(units: list[Unit]) -> Iterator[Unit]:
    """The same units; of those without IP ID that were sent again within a tick of TSval, each
    transmission has a run of its own.

    What a point sees once more is the next transmission. That holds where all points saw the same
    of each: where some was lost, nobody knows of which, and the units stay in one run.
    """
    runs: dict[Key, list[Unit]] = defaultdict(list)
    for unit in units:
        runs[unit.run].append(unit)
    for run, own in runs.items():
        turns = transmissions(own) if own[0].kind == "tcp-range" else None
        for number, unit in enumerate(own):
            turn = turns[number] if turns else 0
            yield replace(unit, run=(*run, turn)) if turn else unit


def transmissions(units: list[Unit]) -> list[int] | None:
    """How often the octets of each unit had passed its point before; None where that does not tell."""
    if any(unit.sighting.ip_id is not None for unit in units):
        return None
    passed: dict[tuple[str, str], list[tuple[Unit, int]]] = defaultdict(list)
    covered: dict[tuple[str, str], Counter[tuple[int, int]]] = defaultdict(Counter)
    turns = []
    for unit in units:
        place = (unit.observed.point, unit.observed.file)
        end = unit.offset + unit.length
        turn = max((before + 1 for other, before in passed[place]
                    if other.offset < end and unit.offset < other.offset + other.length), default=0)
        passed[place].append((unit, turn))
        covered[place].update((turn, word) for word in range(unit.offset // WORD, end // WORD))
        turns.append(turn)
    same = all(own == next(iter(covered.values())) for own in covered.values())
    return turns if same else None


def split(stretch: Stretch) -> Iterator[tuple[Packet, bool]]:
    """The packets of a stretch: one, unless equal ones were sent within a tick of TSval.

    Where every point has the same number of those, no queue changed their order; else nobody can
    tell which one was lost, and they are unclear.
    """
    seen: dict[str, list[Observed]] = defaultdict(list)
    for unit in stretch.units:
        part = Part(unit.offset, unit.length, stretch.offset - unit.offset)
        seen[unit.observed.point].append(replace(unit.observed, part=part))
    key = (*stretch.run, stretch.offset, stretch.length)
    counts = {sum(own.file == all_seen[0].file for own in all_seen) for all_seen in seen.values()}
    if counts == {1} or len(counts) > 1:
        yield Packet(key, seen), len(counts) > 1
        return
    for turn in range(counts.pop()):
        yield Packet(key, {point: [own[turn]] for point, own in seen.items()}, turn), False

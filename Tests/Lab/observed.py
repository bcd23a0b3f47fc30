"""What was seen where: sightings with their places, put in the order of a path."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from headers import Sighting

Key = tuple[object, ...]
CHANGING = ("source", "source_port", "destination", "destination_port", "icmp_id")


class TruthUnclear(RuntimeError):
    """The captures do not allow the truth to be told."""


@dataclass(frozen=True)
class Part:
    """Which part of a bigger unit is meant: the unit's place and length, and the part's place
    in it."""

    unit_offset: int
    unit_length: int
    segment_offset: int


@dataclass(slots=True)
class Observed:
    """A sighting with its place. `tails` are the frames of an outer datagram's later fragments."""

    file: str
    point: str
    sighting: Sighting
    tails: tuple[int, ...] = ()
    part: Part | None = None

    def describe(self, kind: str) -> dict[str, object]:
        value: dict[str, object] = {
            "kind": kind, "point": self.point, "file": self.file, "frame": self.sighting.frame,
        }
        if self.tails:
            value["frames"] = [self.sighting.frame, *self.tails]
        if self.part:
            value |= vars(self.part)
        return value


@dataclass
class Packet:
    """All sightings of one packet, by point. `turn` parts packets that are equal in every field."""

    key: Key
    seen: dict[str, list[Observed]] = field(default_factory=lambda: defaultdict(list))
    turn: int | None = None

    def first(self) -> Sighting:
        return next(iter(self.seen.values()))[0].sighting


@dataclass
class Laid:
    """A packet's observations in path order, each with its kind; `reached` points of the path."""

    order: list[tuple[Observed, str]]
    reached: int

    def observations(self) -> list[dict[str, object]]:
        return [observed.describe(kind) for observed, kind in self.order]

    def changes(self) -> list[dict[str, object]]:
        """The translations, each with the first point that saw the new value."""
        found = []
        before: Sighting | None = None
        for observed, kind in self.order:
            now = observed.sighting
            if kind != "path":
                continue
            for name in CHANGING:
                old, new = getattr(before, name, None), getattr(now, name)
                if old is not None and new is not None and old != new:
                    found.append({"point": observed.point, "field": name, "from": old, "to": new})
            before = now
        return found


def lay_out(packet: Packet, path: list[str], duplicates: bool) -> Laid:
    """Puts a packet's sightings in the order of its path.

    The path may visit a point more than once; at one point, captures keep the order. A second file
    of the same point has recaptures. What is left over is a copy that a bridge made, or a
    duplicate where the scenario makes such.
    """
    left = {point: by_file(seen) for point, seen in packet.seen.items()}
    order: list[tuple[Observed, str]] = []
    reached = 0
    for place, point in enumerate(path):
        if not left.get(point) or not left[point][0]:
            continue
        if reached != place:
            raise TruthUnclear(f"{packet.key}: {point} saw it, {path[reached]} did not")
        order += take(left[point], "path")
        reached = place + 1
        if duplicates and point not in path[place + 1 :]:
            while left[point][0]:
                order += take(left[point], "duplicate")
        for other in [other for other in left if is_copy(other, point, path)]:
            for files in [left.pop(other)]:
                while files[0]:
                    order += take(files, "bridge-copy")
    for point, files in left.items():
        if any(files):
            raise TruthUnclear(f"{packet.key}: not expected at {point}: {path}")
    return Laid(order, reached)


def taken(path: list[str], packet: Packet) -> list[str]:
    """The path of one packet, where some points of it ("n1/cni0?") depend on the moment."""
    return [point.removesuffix("?") for point in path
            if not point.endswith("?") or point.removesuffix("?") in packet.seen]


def by_file(seen: list[Observed]) -> list[list[Observed]]:
    files: dict[str, list[Observed]] = defaultdict(list)
    for observed in seen:
        files[observed.file].append(observed)
    return list(files.values())


def take(files: list[list[Observed]], kind: str) -> Iterator[tuple[Observed, str]]:
    """The next sighting at a point, and the same one in the point's other files."""
    for number, seen in enumerate(files):
        if seen:
            yield seen.pop(0), "recapture" if number else kind


def is_copy(other: str, point: str, path: list[str]) -> bool:
    """Whether a promiscuous bridge beside `point` saw what it only forwarded from port to port, or
    another pod got what the bridge flooded: at the last point, behind which it went nowhere."""
    node, interface = point.split("/")
    if other in path or not interface.startswith("veth"):
        return False
    return other == f"{node}/cni0" or point == path[-1] and other.startswith(f"{node}/veth")

"""Which flow a TCP segment without payload belongs to, told by its place in the sequence space."""

from __future__ import annotations

from flows import Flow
from headers import Segment
from markers import StreamPlace

SPACE = 1 << 32
RST = 4
Side = tuple[int, int]


class SequenceSpaces:
    """The stretches of sequence numbers that the streams' data was seen to use.

    They are known by the data alone, so that neither addresses nor ports need to be, which
    translations change.
    """

    def __init__(self) -> None:
        self.start: dict[Side, int] = {}
        self.low: dict[Side, int] = {}
        self.high: dict[Side, int] = {}
        self.origin: dict[Side, int] = {}

    def learn(self, segment: Segment) -> None:
        place = segment.place
        assert place is not None
        own, other = (place.stream, place.direction), (place.stream, 1 - place.direction)
        self.start.setdefault(own, (segment.sequence - place.offset) % SPACE)
        self.extend(own, segment.sequence)
        self.extend(own, segment.sequence + segment.length)
        self.extend(other, segment.acknowledgement)

    def extend(self, side: Side, sequence: int) -> None:
        place = distance(self.origin.setdefault(side, sequence), sequence)
        self.low[side] = min(self.low.get(side, 0), place)
        self.high[side] = max(self.high.get(side, 0), place)

    def contains(self, side: Side, sequence: int) -> bool:
        """SYN and FIN take one number before and behind the data; a keep-alive repeats one."""
        if side not in self.origin:
            return False
        place = distance(self.origin[side], sequence)
        return self.low[side] - 2 <= place <= self.high[side] + 2

    def side(self, segment: Segment) -> Side | None:
        """The flow's number and the direction (0 up, 1 down)."""
        found = [side for side in self.origin if self.contains(side, segment.sequence)]
        if len(found) > 1:
            found = [(stream, way) for stream, way in found
                     if self.contains((stream, 1 - way), segment.acknowledgement)]
        return found[0] if len(found) == 1 else None

    def place(self, segment: Segment) -> StreamPlace | None:
        """The place of data that is cut off too early to tell it itself."""
        side = self.side(segment)
        if side is None or side not in self.start:
            return None
        return StreamPlace(*side, (segment.sequence - self.start[side]) % SPACE)

    def silent(self, flow: Flow) -> bool:
        """Whether no data of a stream was seen."""
        return not any((flow.number, way) in self.origin for way in (0, 1))


def distance(origin: int, sequence: int) -> int:
    return (sequence - origin + SPACE // 2) % SPACE - SPACE // 2

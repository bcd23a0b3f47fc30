"""What is sent in a scenario: flows between endpoints, as plain values that travel as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass

UDP_PORT = 5001
TCP_PORT = 5002
TIMESTAMPS_LENGTH = 12
DNS_PORT = 53
HTTP_PORT = 80


@dataclass(frozen=True)
class Flow:
    """One flow. An endpoint is a pod ("n1p1") or a node itself ("n1").

    `number` tells the flow in markers and cells (1…127). `address` is what the client sends to:
    the server's own, or a service's; `target_port` is set where a service's port differs from the
    server's. `count` is datagrams, echoes or queries; `sizes` are payload lengths, used in turn.
    For TCP, `up` and `down` are the octets of each direction and `sizes` the lengths of the
    writes, all multiples of 8.

    `path`, `return_path` and `error_path` are set where a packet does not go as Flannel would send
    it; a point with "?" is crossed by some packets only. `segment` is the size of UDP GSO's
    segments, `pieces` says that datagrams will be cut into IP fragments, `maximum_segment` is the
    payload of a full TCP segment. `closed`: nothing listens there.
    `source_port`, `echo_id` and `ttl` are the kernel's and the lab's own choice when 0.
    `keep_alive` is for how long, in seconds, a TCP stream stays idle before it ends, with
    keep-alive probes each second; `stall` for how long the receiver does not read, once.
    """

    number: int
    protocol: str
    client: str
    server: str
    address: str
    port: int
    family: int = 4
    count: int = 0
    sizes: tuple[int, ...] = (64,)
    up: int = 0
    down: int = 0
    pace: float = 0.002
    dont_fragment: bool = False
    target_port: int = 0
    path: tuple[str, ...] | None = None
    return_path: tuple[str, ...] | None = None
    error_path: tuple[str, ...] | None = None
    segment: int = 0
    pieces: bool = False
    maximum_segment: int = 0
    closed: bool = False
    source_port: int = 0
    echo_id: int = 0
    ttl: int = 0
    keep_alive: float = 0
    stall: float = 0

    @property
    def server_port(self) -> int:
        """The port behind a service; without a service, the one the client names."""
        return self.target_port or self.port

    @property
    def segment_data(self) -> int:
        """The payload of a full TCP segment with timestamps: whole cells, below every MTU."""
        return self.maximum_segment or (1392 if self.family == 4 else 1352)

    def segment_data_beside(self, options: int) -> int:
        """The same beside that many octets of TCP options: with SACKs, segments are shorter."""
        return self.segment_data + TIMESTAMPS_LENGTH - options

    def to_json(self) -> dict[str, object]:
        return asdict(self)

    @staticmethod
    def from_json(value: dict[str, object]) -> Flow:
        lists = {name: tuple(own) for name, own in value.items() if isinstance(own, list)}
        return Flow(**{**value, **lists})  # type: ignore[arg-type]

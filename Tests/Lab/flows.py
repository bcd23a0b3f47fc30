"""What is sent in a scenario: flows between endpoints, as plain values that travel as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass

UDP_PORT = 5001
TCP_PORT = 5002
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

    @property
    def server_port(self) -> int:
        """The port behind a service; without a service, the one the client names."""
        return self.target_port or self.port

    def to_json(self) -> dict[str, object]:
        return asdict(self)

    @staticmethod
    def from_json(value: dict[str, object]) -> Flow:
        return Flow(**{**value, "sizes": tuple(value["sizes"])})  # type: ignore[arg-type]

"""Sends and answers the lab's traffic inside one namespace, as `traffic.py ENDPOINT`.

Standard input has the flows as one line of JSON, then "go", then "stop"; standard output gets
"ready" once everything listens, "sent", and then what was counted as one line of JSON. Every flow
has its own thread and a bounded count.
"""

from __future__ import annotations

import itertools
import json
import socket
import struct
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator

from flows import DNS_PORT, TIMESTAMPS_LENGTH, Flow
from markers import cells, marker, pieces, read_cells, read_marker

ANSWER_SECONDS = 0.6
CONNECT_SECONDS = 3.5
STREAM_SECONDS = 20.0
IP_MTU_DISCOVER, IP_PMTUDISC_DO = 10, 2
SOL_UDP, UDP_SEGMENT = 17, 103
SMALL_BUFFER, LARGE_BUFFER, SO_RCVBUFFORCE = 4096, 4 << 20, 33
ECHO_REQUEST = {4: 8, 6: 128}
PADDING = bytes(range(0x61, 0x7B)) * 64


def socket_family(flow: Flow) -> socket.AddressFamily:
    return socket.AF_INET if flow.family == 4 else socket.AF_INET6


def padded(head: bytes, size: int) -> bytes:
    return head + PADDING[: max(0, size - len(head))]


def datagram(flow: Flow, kind: str, counter: int, size: int) -> bytes:
    """One datagram's payload; of a flow with UDP GSO, the payloads of all its segments."""
    if flow.pieces:
        return pieces(kind, flow.number, counter, size)
    if not flow.segment:
        return padded(marker(kind, flow.number, counter), size)
    starts = range(0, size, flow.segment)
    return b"".join(
        padded(marker(kind, flow.number, counter + turn), min(flow.segment, size - start))
        for turn, start in enumerate(starts)
    )


def dns_query(number: int, name: bytes) -> bytes:
    header = struct.pack("!6H", number & 0xFFFF, 0x0100, 1, 0, 0, 0)
    return header + dns_name(name) + struct.pack("!2H", 1, 1)


def dns_answer(query: bytes, name: bytes) -> bytes:
    """An answer without the question, since its own marker must come first."""
    header = query[:2] + struct.pack("!5H", 0x8400, 0, 1, 0, 0)
    return header + dns_name(name) + struct.pack("!2HIH4B", 1, 1, 30, 4, 192, 0, 2, 1)


def dns_name(first: bytes) -> bytes:
    labels = (first, b"lab", b"test")
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


class Report:
    """What this endpoint did, by flow number."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.counts: dict[int, Counter[str]] = defaultdict(Counter)

    def count(self, flow: int, what: str, number: int = 1) -> None:
        with self.lock:
            self.counts[flow][what] += number

    def to_json(self) -> dict[int, dict[str, int]]:
        with self.lock:
            return {flow: dict(counts) for flow, counts in sorted(self.counts.items())}


class Datagrams:
    """UDP: echo-like flows and DNS-like ones."""

    def __init__(self, report: Report, flows: list[Flow]) -> None:
        self.report = report
        self.flows = {flow.number: flow for flow in flows}
        self.replies: dict[int, Iterator[int]] = defaultdict(itertools.count)

    def listen(self, family: int, port: int) -> None:
        kind = socket.AF_INET if family == 4 else socket.AF_INET6
        listener = socket.socket(kind, socket.SOCK_DGRAM)
        listener.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, LARGE_BUFFER)
        if family == 6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind(("", port))
        threading.Thread(target=self.answer, args=(listener, port), daemon=True).start()

    def answer(self, listener: socket.socket, port: int) -> None:
        while True:
            request, sender = listener.recvfrom(65536)
            found = read_marker(request)
            if found is None or found.kind != "q":
                continue
            number = next(self.replies[found.flow])
            if port == DNS_PORT:
                reply = dns_answer(request, marker("r", found.flow, number))
            else:
                reply = datagram(self.flows[found.flow], "r", number, len(request))
            listener.sendto(reply, sender)
            self.report.count(found.flow, "replies-sent")

    def send(self, flow: Flow) -> None:
        sender = self.socket(flow)
        sizes = itertools.cycle(flow.sizes)
        sent, received = 0, 0
        while sent < flow.count:
            size = next(sizes)
            sender.sendto(datagram(flow, "q", sent, size), (flow.address, flow.port))
            number = -(-size // flow.segment) if flow.segment else 1
            self.report.count(flow.number, "requests-sent", number)
            sent += number
            received += self.receive(sender, flow, sent + 1 - received, flow.pace)
        self.receive(sender, flow, sent - received, ANSWER_SECONDS)

    def receive(self, sender: socket.socket, flow: Flow, wanted: int, seconds: float) -> int:
        """Takes replies for some time, or until there are as many as wanted."""
        end = time.monotonic() + seconds
        received = 0
        while received < wanted and (remaining := end - time.monotonic()) > 0:
            sender.settimeout(remaining)
            try:
                sender.recv(65536)
            except TimeoutError:
                break
            received += 1
        self.report.count(flow.number, "replies-received", received)
        return received

    def query(self, flow: Flow) -> None:
        """One query at a time, each from a new port, as resolvers do."""
        for number in range(flow.count):
            with self.socket(flow) as sender:
                query = dns_query(number + 1, marker("q", flow.number, number))
                sender.sendto(query, (flow.address, flow.port))
                self.report.count(flow.number, "requests-sent")
                self.receive(sender, flow, 1, ANSWER_SECONDS)
            time.sleep(flow.pace)

    def socket(self, flow: Flow) -> socket.socket:
        sender = socket.socket(socket_family(flow), socket.SOCK_DGRAM)
        sender.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, LARGE_BUFFER)
        if flow.dont_fragment:
            sender.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO)
        if flow.segment:
            sender.setsockopt(SOL_UDP, UDP_SEGMENT, flow.segment)
        if flow.ttl:
            sender.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, flow.ttl)
        if flow.source_port:
            sender.bind(("", flow.source_port))
        return sender


class Echoes:
    """ICMP and ICMPv6 echo requests; the far kernel answers."""

    def __init__(self, report: Report) -> None:
        self.report = report

    def send(self, flow: Flow) -> None:
        protocol = socket.IPPROTO_ICMP if flow.family == 4 else socket.IPPROTO_ICMPV6
        with socket.socket(socket_family(flow), socket.SOCK_RAW, protocol) as sender:
            for number in range(flow.count):
                size = flow.sizes[number % len(flow.sizes)]
                data = padded(marker("i", flow.number, number), size)
                sender.sendto(self.message(flow, number, data), (flow.address, 0))
                self.report.count(flow.number, "requests-sent")
                time.sleep(flow.pace)

    def message(self, flow: Flow, number: int, data: bytes) -> bytes:
        kind = ECHO_REQUEST[flow.family]
        own = flow.echo_id or 0x4000 + flow.number
        head = struct.pack("!2BHHH", kind, 0, 0, own, number + 1)
        if flow.family == 6:
            return head + data  # the kernel fills in the ICMPv6 checksum
        whole = head + data + b"\0" * (len(data) % 2)
        total = sum(struct.unpack(f"!{len(whole) // 2}H", whole))
        while total >> 16:
            total = (total & 0xFFFF) + (total >> 16)
        return head[:2] + struct.pack("!H", ~total & 0xFFFF) + head[4:] + data


class Streams:
    """TCP: both sides send their cells at the same time and then close."""

    def __init__(self, report: Report, flows: list[Flow]) -> None:
        self.report = report
        self.flows = {flow.number: flow for flow in flows if flow.protocol == "tcp"}
        self.answering: list[threading.Thread] = []

    def listen(self, family: int, port: int) -> None:
        kind = socket.AF_INET if family == 4 else socket.AF_INET6
        listener = socket.socket(kind, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        largest = min(flow.segment_data for flow in self.flows.values()
                      if (flow.family, flow.server_port) == (family, port))
        listener.setsockopt(
            socket.IPPROTO_TCP, socket.TCP_MAXSEG, largest + TIMESTAMPS_LENGTH)
        if family == 6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind(("", port))
        listener.listen(16)
        threading.Thread(target=self.accept, args=(listener,), daemon=True).start()

    def accept(self, listener: socket.socket) -> None:
        while True:
            stream, _ = listener.accept()
            thread = threading.Thread(target=self.answer, args=(stream,), daemon=True)
            self.answering.append(thread)
            thread.start()

    def finish(self) -> None:
        """Waits for the last octets of the streams that are being answered."""
        end = time.monotonic() + STREAM_SECONDS
        for thread in self.answering:
            thread.join(max(0, end - time.monotonic()))

    def answer(self, stream: socket.socket) -> None:
        number = 0
        try:
            with stream:
                stream.settimeout(STREAM_SECONDS)
                first = stream.recv(65536)
                place = read_cells(first)
                if place is None:
                    return
                number = place.stream
                flow = self.flows[number]
                if flow.stall:
                    stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
                    time.sleep(flow.stall)
                self.exchange(stream, flow, 1, flow.down, len(first))
        except OSError:
            self.report.count(number, "streams-broken")

    def send(self, flow: Flow) -> None:
        with socket.socket(socket_family(flow), socket.SOCK_STREAM) as stream:
            largest = flow.segment_data + TIMESTAMPS_LENGTH
            stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, largest)
            if flow.keep_alive:
                stream.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
                stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1)
                stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)
            if flow.source_port:
                stream.bind(("", flow.source_port))
            try:
                stream.settimeout(CONNECT_SECONDS)
                stream.connect((flow.address, flow.port))
                stream.settimeout(STREAM_SECONDS)
                self.exchange(stream, flow, 0, flow.up, 0)
            except OSError:
                self.report.count(flow.number, "streams-broken")

    def exchange(
        self, stream: socket.socket, flow: Flow, direction: int, length: int, received: int
    ) -> None:
        stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        writer = threading.Thread(target=self.write, args=(stream, flow, direction, length))
        writer.start()
        end = time.monotonic() + STREAM_SECONDS
        while time.monotonic() < end and (chunk := stream.recv(65536)):
            received += len(chunk)
        writer.join()
        self.report.count(flow.number, ("down", "up")[direction] + "-octets-received", received)

    def write(self, stream: socket.socket, flow: Flow, direction: int, length: int) -> None:
        data = cells(flow.number, direction, length)
        sizes = itertools.cycle(flow.sizes)
        offset = 0
        try:
            while offset < length:
                size = next(sizes)
                stream.sendall(data[offset : offset + size])
                offset += size
                time.sleep(flow.pace)
            time.sleep(flow.keep_alive)
            stream.shutdown(socket.SHUT_WR)
        except OSError:
            self.report.count(flow.number, "streams-broken")


def main(endpoint: str) -> None:
    flows = [Flow.from_json(value) for value in json.loads(sys.stdin.readline())]
    report = Report()
    datagrams, echoes, streams = Datagrams(report, flows), Echoes(report), Streams(report, flows)
    own = [flow for flow in flows if flow.server == endpoint and not flow.closed]
    served = {(flow.protocol, flow.family, flow.server_port) for flow in own}
    for protocol, family, port in sorted(served):
        if protocol in ("udp", "dns"):
            datagrams.listen(family, port)
        elif protocol == "tcp":
            streams.listen(family, port)
    print("ready", flush=True)

    sys.stdin.readline()
    send = {"udp": datagrams.send, "dns": datagrams.query, "icmp": echoes.send, "tcp": streams.send}
    own = [flow for flow in flows if flow.client == endpoint]
    senders = [
        threading.Thread(target=send[flow.protocol], args=(flow,), daemon=True) for flow in own
    ]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    print("sent", flush=True)

    sys.stdin.readline()
    streams.finish()
    print(json.dumps(report.to_json()), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])

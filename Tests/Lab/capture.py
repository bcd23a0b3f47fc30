"""Runs tcpdump at the points of a lab, and makes sure that it missed nothing."""

from __future__ import annotations

import os
import re
import select
import shlex
import signal
import subprocess
import time
from dataclasses import dataclass, replace
from pathlib import Path

from shell import inside, run
from topology import Lab

LISTEN_SECONDS = 20.0
FLUSH_SECONDS = 0.4
# What bulk captures need: room for a second, and time until the kernel hands over a last block.
BULK_BUFFER_KIB, BULK_FLUSH_SECONDS = 65536, 2.0
# In immediate mode every packet takes a whole slot of snaplen octets in the kernel's ring. On a busy machine
# tcpdump may not run while a stream of some megabytes passes: a thousand packets wait then.
LIVE_FOLDER = "live"
SMALLEST_BUFFER_KIB, SLOTS = 16384, 1024


class CaptureFailed(RuntimeError):
    """A capture did not begin, or is not complete."""


@dataclass(frozen=True)
class CaptureOptions:
    """How the captures of a run are taken. `bulk`: many packets are to come; records are handed
    over in blocks, and nothing is captured by `-i any`."""

    snaplen: int
    nanoseconds: bool = False
    pods: bool = False
    recaptured: tuple[str, ...] = ()
    promiscuous: bool = True
    bulk: bool = False
    live: Path | None = None


@dataclass(frozen=True)
class CapturePoint:
    """One capture file. `interface` is the point's name, or None for `-i any`; `again` marks a
    second capture of a point."""

    node: str
    namespace: str
    device: str
    interface: str | None
    again: bool = False
    live: bool = False

    @property
    def name(self) -> str | None:
        return None if self.interface is None else f"{self.node}/{self.interface}"

    @property
    def file(self) -> str:
        if self.live:
            # As the live trace's source is called.
            return f"{LIVE_FOLDER}/{self.node}"
        again = ".again" if self.again else ""
        return f"{self.node}-{self.interface or 'any'}{again}.pcap"


def capture_points(lab: Lab, options: CaptureOptions) -> list[CapturePoint]:
    """Every point of the lab, node by node."""
    points = []
    for node in lab.nodes:
        namespace = lab.namespace(node.name)
        devices = [pod.veth for pod in node.pods]
        devices += lab.node_devices()
        if options.pods:
            points += [CapturePoint(node.name, lab.namespace(pod.name), "eth0", f"pod:{pod.name}:eth0")
                       for pod in node.pods]
        points += [CapturePoint(node.name, namespace, device, device) for device in devices]
        if not options.bulk:
            points.append(CapturePoint(node.name, namespace, "any", None))
    again = [replace(point, again=True) for point in points if point.name in options.recaptured]
    return points + again


class Capture:
    """One running tcpdump."""

    def __init__(self, point: CapturePoint, folder: Path, options: CaptureOptions) -> None:
        precision = "nano" if options.nanoseconds else "micro"
        buffer = max(SMALLEST_BUFFER_KIB, SLOTS * options.snaplen // 1024)
        if options.bulk:
            buffer = BULK_BUFFER_KIB
        arguments = ["tcpdump", "-n", "-i", point.device, "-w", str(folder / point.file),
                     "-Z", "root", "-s", str(options.snaplen), "-B", str(buffer),
                     f"--time-stamp-precision={precision}"]
        if not options.bulk:
            arguments += ["-U", "--immediate-mode"]
        if point.interface is None:
            arguments += ["-y", "LINUX_SLL2"]
        elif not options.promiscuous:
            arguments += ["-p"]
        self.point = point
        self.said = ""
        self.process = subprocess.Popen(inside(point.namespace, *arguments),
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def wait_until_listening(self) -> None:
        assert self.process.stderr is not None
        end = time.monotonic() + LISTEN_SECONDS
        while "listening on" not in self.said:
            remaining = max(0, end - time.monotonic())
            ready, _, _ = select.select([self.process.stderr], [], [], remaining)
            chunk = os.read(self.process.stderr.fileno(), 4096) if ready else b""
            if not chunk:
                said = self.said.strip()
                raise CaptureFailed(f"{self.point.file}: tcpdump does not listen: {said}")
            self.said += chunk.decode(errors="replace")

    def interrupt(self) -> None:
        self.process.send_signal(signal.SIGINT)

    def finish(self) -> int:
        """The number of packets written; fails when the kernel counted more."""
        _, rest = self.process.communicate(timeout=LISTEN_SECONDS)
        said = self.said + rest.decode(errors="replace")
        counts = {what: int(number) for number, what in
                  re.findall(r"(\d+) packets? (captured|received by filter|dropped by \S+)", said)}
        captured, received = counts.get("captured"), counts.get("received by filter")
        dropped = sum(number for what, number in counts.items() if what.startswith("dropped"))
        if captured is None or captured != received or dropped:
            raise CaptureFailed(f"{self.point.file}: not complete: {counts or said.strip()}")
        return captured


class LiveTrace:
    """vxhop capturing at all points of every node, and tracing as the packets come.

    The captures are kept in `live/NODE`, what was traced in `live/traces.jsonl`.
    """

    def __init__(self, lab: Lab, folder: Path, program: Path) -> None:
        self.points = [CapturePoint(node.name, lab.namespace(node.name), "", None, live=True)
                       for node in lab.nodes]
        (folder / LIVE_FOLDER).mkdir(exist_ok=True)
        arguments = [str(program), "trace", "--format", "json",
                     "-o", str(folder / LIVE_FOLDER / "traces.jsonl")]
        for point in self.points:
            capture = shlex.join(inside(point.namespace, str(program), "capture", "--all",
                                        "--node", point.node, "-w", "-"))
            kept = shlex.quote(str(folder / point.file))
            arguments += ["--source", f"{point.node}={capture} | tee -i {kept}"]
        self.said = ""
        self.process = subprocess.Popen(arguments, stderr=subprocess.PIPE)

    def wait_until_listening(self) -> None:
        assert self.process.stderr is not None
        while self.said.count("capturing at") < len(self.points):
            chunk = os.read(self.process.stderr.fileno(), 4096)
            if not chunk:
                raise CaptureFailed(f"live: {self.said.strip()}")
            self.said += chunk.decode(errors="replace")

    def finish(self) -> None:
        self.process.send_signal(signal.SIGINT)
        _, rest = self.process.communicate(timeout=LISTEN_SECONDS)
        if self.process.returncode != 0:
            raise CaptureFailed(f"live: {self.said}{rest.decode(errors='replace')}")


class CaptureSession:
    """All captures of a run: listening on entry; on exit stopped and checked."""

    def __init__(self, lab: Lab, folder: Path, options: CaptureOptions) -> None:
        self.lab = lab
        self.points = capture_points(lab, options)
        self.folder = folder
        self.options = options
        self.running: list[Capture] = []
        self.packets: dict[str, int] = {}
        self.live: LiveTrace | None = None

    def __enter__(self) -> CaptureSession:
        try:
            if self.options.live:
                self.live = LiveTrace(self.lab, self.folder, self.options.live)
                self.live.wait_until_listening()
            for point in self.points:
                self.running.append(Capture(point, self.folder, self.options))
            for capture in self.running:
                capture.wait_until_listening()
        except BaseException:
            self.abandon()
            raise
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if kind is not None:
            self.abandon()
            return
        time.sleep(FLUSH_SECONDS)
        silence(self.lab)
        show_end(self.lab)
        time.sleep(BULK_FLUSH_SECONDS if self.options.bulk else FLUSH_SECONDS)
        if self.live:
            self.live.finish()
        for capture in self.running:
            capture.interrupt()
        self.packets = {capture.point.file: capture.finish() for capture in self.running}

    def abandon(self) -> None:
        if self.live:
            self.live.process.terminate()
            self.live.process.communicate()
        for capture in self.running:
            capture.process.kill()
            capture.process.communicate()


def silence(lab: Lab) -> None:
    """Keeps broken connections from sending on."""
    for node in lab.nodes:
        for pod in node.pods:
            for family in ("-4", "-6"):
                run("ip", "-n", lab.namespace(pod.name), family, "route", "flush", "table", "main")


def show_end(lab: Lab) -> None:
    """Leaves a last frame, an ARP request, in the captures of each node after all packets of pods.

    Without it nothing tells whether a node was still recording when the last of them got lost.
    """
    nobody = lab.nodes[0].underlay(4).rsplit(".", 1)[0] + ".254"
    for node in lab.nodes:
        run(*inside(lab.namespace(node.name), "bash", "-c", f"echo > /dev/udp/{nobody}/9"))


def save_tables(lab: Lab, folder: Path) -> None:
    """Writes each node's interfaces, addresses, neighbours, routes and FDB in iproute2's JSON."""
    commands = {
        "link": ["ip", "-j", "-d", "link"],
        "addr": ["ip", "-j", "-d", "address"],
        "neigh": ["ip", "-j", "neighbour"],
        "route": ["ip", "-j", "route"],
        "route6": ["ip", "-j", "-6", "route"],
        "fdb": ["bridge", "-j", "fdb"],
    }
    for node in lab.nodes:
        for table, command in commands.items():
            if table == "route6" and not lab.ipv6:
                continue
            text = run(*inside(lab.namespace(node.name), *command)).strip()
            (folder / f"{node.name}.{table}.json").write_text((text or "[]") + "\n")

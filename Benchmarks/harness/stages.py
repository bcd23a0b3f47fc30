"""What is measured on one work, stage by stage: reading, decapsulating, tracing."""

from __future__ import annotations

import json
from pathlib import Path

from measure import Candidate
from tools import CHECKOUT, Tools
from work import Work

# Frames that tshark gets: it takes hundreds of times as long as the others.
TSHARK_FRAMES = 30_000
TSHARK_FIELDS = ("frame.time_epoch", "ip.src", "ip.dst", "ip.id", "tcp.seq_raw", "udp.dstport")
# Outer Ethernet, IPv4, UDP and VXLAN headers.
TUNNEL_OCTETS = 50


def peer(
    tools: Tools, name: str, label: str, arguments: list[str], packets: int,
) -> list[Candidate]:
    if name not in tools.peers:
        return []
    return [Candidate(label, [tools.peers[name], *arguments], packets)]


def tshark(tools: Tools, file: str, packets: int) -> list[Candidate]:
    arguments = ["-n", "-r", file, "-c", str(TSHARK_FRAMES), "-d", "udp.port==8472,vxlan"]
    arguments += ["-T", "fields", "-E", "occurrence=l"]
    arguments += [word for field in TSHARK_FIELDS for word in ("-e", field)]
    rows = peer(
        tools, "tshark", "tshark -T fields (a part)", arguments, min(packets, TSHARK_FRAMES))
    for row in rows:
        row.is_part = True
    return rows


def trace(tools: Tools, *arguments: str) -> list[str]:
    return [tools.vxhop, "trace", *arguments]


def reading(tools: Tools, work: Work) -> list[Candidate]:
    """One NIC capture to the inner key. The first row is the limit that the others are held to."""
    file, packets = work.file("n1-eth0"), work.frames("n1-eth0")
    rows = [
        Candidate("C, mmap (the limit)", [tools.read_mapped, file], packets),
        Candidate("C, libpcap's loop", [tools.read_libpcap, file], packets),
    ]
    if tools.measure_stages:
        rows.append(
            Candidate("vxhop, reading alone", [tools.measure_stages, "read", file], packets))
        rows.append(
            Candidate(
                "vxhop, to the inner key", [tools.measure_stages, "decode", file], packets,
                most_ratio=1.3))
    if tools.vxhop:
        rows.append(
            Candidate(
                "vxhop trace --packets none, one file", trace(tools, "--packets", "none", file),
                packets))
    if tools.knows("decap"):
        rows.append(
            Candidate(
                "vxhop decap -w /dev/null", [tools.vxhop, "decap", file, "-w", "/dev/null"],
                packets))
    rows += peer(tools, "capinfos", "capinfos -c", ["-c", file], packets)
    rows += peer(
        tools, "tcpdump", "tcpdump -w /dev/null", ["-r", file, "-w", "/dev/null"], packets)
    return rows + tshark(tools, file, packets)


def decapsulating(tools: Tools, work: Work, is_full: bool) -> list[Candidate]:
    """The inner frames of one NIC capture to a new file.

    Whole packets are held to what copying them takes, cut ones to what C takes.
    """
    file, packets = work.file("n1-eth0"), work.frames("n1-eth0")
    output = str(work.folder / "decapsulated")
    rows = [
        Candidate("cp (bytes only)", ["cp", file, output], packets),
        Candidate("C, decapsulation", [tools.decapsulate, file, output], packets),
    ]
    if not is_full:
        rows.reverse()
    if tools.knows("decap"):
        rows.append(
            Candidate(
                "vxhop decap -w", [tools.vxhop, "decap", file, "-w", output], packets,
                most_ratio=1.15 if is_full else 1.3))
    rows += peer(
        tools, "tcpdump", "tcpdump -w (a plain copy)", ["-r", file, "-w", output], packets)
    rows += peer(
        tools, "editcap", f"editcap -C {TUNNEL_OCTETS} -L",
        ["-C", str(TUNNEL_OCTETS), "-L", file, output], packets)
    for row in rows:
        row.clean = lambda: Path(output).unlink(missing_ok=True)
    return rows


def tracing(tools: Tools, work: Work, is_full: bool) -> list[Candidate]:
    """The whole job over all captures of the work."""
    rows = peer(
        tools, "mergecap", "mergecap -w /dev/null (merely merging)",
        ["-w", "/dev/null", *work.files], work.observations)
    if tools.measure_stages:
        rows.append(
            Candidate(
                "vxhop, to the observations in order, threads 1",
                [tools.measure_stages, "observe", *work.files], work.observations))
        rows.append(
            Candidate(
                "vxhop, without a report, threads 1",
                [tools.measure_stages, "correlate", *work.files], work.observations))
    if tools.vxhop is None:
        return rows
    quiet = trace(tools, "--packets", "none", *work.files)
    if tools.knows("--threads"):
        for threads, least in ((1, 6e6 if is_full else 10e6), (2, None if is_full else 16e6)):
            rows.append(
                Candidate(
                    f"vxhop trace --packets none, threads {threads}",
                    [*quiet, "--threads", str(threads)], work.observations, least_rate=least))
    else:
        rows.append(
            Candidate(
                "vxhop trace --packets none", quiet, work.observations,
                least_rate=6e6 if is_full else 10e6))
    rows.append(
        Candidate(
            "vxhop trace --format json", trace(tools, "--format", "json", *work.files),
            work.observations, least_rate=2e6))
    return rows


def start(tools: Tools) -> list[Candidate]:
    """From start to the end of the report on a small fixture: below 30 ms."""
    fixtures = CHECKOUT / "Fixtures" / "demo"
    if tools.vxhop is None:
        return []
    files = sorted(str(path) for path in fixtures.glob("*.pcap"))
    captures = json.loads((fixtures / "lab.json").read_text())["captures"]
    return [
        Candidate(
            "vxhop trace, the demo's captures", trace(tools, *files),
            sum(capture["packets"] for capture in captures), most_seconds=0.030)]

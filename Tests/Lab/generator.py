"""Starts the traffic processes of a lab, lets them send together, and collects what they report."""

from __future__ import annotations

import json
import select
import subprocess
import sys
from collections import Counter
from pathlib import Path

from flows import Flow
from shell import inside
from topology import Lab

START_SECONDS = 20
TRAFFIC_SECONDS = 30


class TrafficFailed(RuntimeError):
    """A traffic process ended early or did not answer in time."""


class Endpoint:
    """The traffic process of one pod or node."""

    def __init__(self, lab: Lab, name: str, flows: list[Flow]) -> None:
        program = str(Path(__file__).with_name("traffic.py"))
        command = inside(lab.namespace(name), sys.executable, "-B", program, name)
        self.name = name
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.tell(json.dumps([flow.to_json() for flow in flows]))

    def tell(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def hear(self, seconds: float) -> str:
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], seconds)
        line = self.process.stdout.readline() if ready else ""
        if not line:
            raise TrafficFailed(f"traffic of {self.name}: no answer")
        return line.strip()


def send_all(lab: Lab, flows: list[Flow]) -> dict[int, dict[str, int]]:
    """Runs all flows at once. Returns what both sides counted, by flow number."""
    names = sorted({flow.client for flow in flows} | {flow.server for flow in flows})
    endpoints = [Endpoint(lab, name, flows) for name in names]
    counts: dict[int, Counter[str]] = {}
    try:
        for endpoint in endpoints:
            endpoint.hear(START_SECONDS)
        for endpoint in endpoints:
            endpoint.tell("go")
        for endpoint in endpoints:
            endpoint.hear(TRAFFIC_SECONDS)
        for endpoint in endpoints:
            endpoint.tell("stop")
        for endpoint in endpoints:
            for number, own in json.loads(endpoint.hear(START_SECONDS)).items():
                counts.setdefault(int(number), Counter()).update(own)
            endpoint.process.wait(START_SECONDS)
    finally:
        for endpoint in endpoints:
            endpoint.process.kill()
            endpoint.process.wait()
    return {number: dict(counts[number]) for number in sorted(counts)}

"""Whether what vxhop reports about a work is what the generator says is true."""

from __future__ import annotations

import json
import subprocess

from report import Report
from tools import Tools
from work import Work


def check_summary(tools: Tools, work: Work, report: Report, has_truth: bool = True) -> None:
    """`has_truth`: whether outcomes are certain, as they are not among identical packets."""
    if tools.vxhop is None:
        return
    command = [tools.vxhop, "trace", "--format", "json", "--packets", "none", *work.files]
    ended = subprocess.run(command, capture_output=True, text=True)
    objects = [json.loads(line) for line in ended.stdout.splitlines()]
    summaries = [found for found in objects if found.get("type") == "summary"]
    summary = summaries[0] if summaries else {}
    expected = {"observations": work.observations}
    if has_truth:
        packets, lost = work.truth["packets"], work.truth["lost"]
        expected |= {"traces": packets, "lost": lost, "complete": packets - lost, "ambiguous": 0}
    rows, text = [], []
    for name, value in expected.items():
        found = summary.get(name)
        verdict = report.mark(found == value, f"{work.name}: {name} is {found}", f"{value:,}")
        rows.append({"name": name, "expected": value, "found": found})
        text.append(f"{name:13} {found!s:>12}{verdict}")
    report.lines(f"What vxhop reports of {work.name}, against the truth", rows, text)

"""Tables of medians and ratios, for people and as JSON."""

from __future__ import annotations

import platform
from dataclasses import dataclass, field
from pathlib import Path

from measure import Candidate


@dataclass
class Report:
    """What has been measured so far, printed as it comes and kept for the JSON file."""

    tables: list[dict] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def table(self, title: str, candidates: list[Candidate], unit: str = "packets") -> None:
        """Prints medians; ratios are times per packet over those of the first row."""
        if not candidates:
            return
        print(f"\n{title}\n")
        width = max(len(candidate.label) for candidate in candidates)
        heading = f"M {unit}/s"
        print(f"  {'':{width}}     wall      CPU  {heading:>16}   ratio  private memory")
        reference = candidates[0].seconds_per_packet
        rows = []
        for candidate in candidates:
            ratio = candidate.seconds_per_packet / reference
            rate = 1 / candidate.seconds_per_packet
            print(
                f"  {candidate.label:{width}}  {candidate.wall:7.3f} {candidate.processor:8.3f}"
                f"  {rate / 1e6:16.3f} {ratio:7.2f}  {candidate.private_memory / 1e6:8.1f} MB"
                f"{self.verdict(title, candidate, ratio, rate)}")
            rows.append({
                "label": candidate.label, "wall": candidate.wall, "processor": candidate.processor,
                "rate": rate, "ratio": ratio, "private_memory": candidate.private_memory,
                "rounds": len(candidate.runs), "command": " ".join(candidate.command)})
        self.tables.append({"title": title, "rows": rows})

    def verdict(self, title: str, candidate: Candidate, ratio: float, rate: float) -> str:
        if candidate.most_ratio is not None:
            met, goal = ratio <= candidate.most_ratio, f"≤ {candidate.most_ratio} ×"
        elif candidate.least_rate is not None:
            met, goal = rate >= candidate.least_rate, f"≥ {candidate.least_rate / 1e6:g} M/s"
        elif candidate.most_seconds is not None:
            met, goal = candidate.wall <= candidate.most_seconds, f"≤ {candidate.most_seconds} s"
        else:
            return ""
        return self.mark(met, f"{title.split(' (')[0]}, {candidate.label}", goal)

    def mark(self, met: bool, what: str, goal: str) -> str:
        if not met:
            self.missed.append(f"{what}: {goal}")
        return f"  {'✓' if met else '✗'} {goal}"

    def lines(self, title: str, rows: list[dict], text: list[str]) -> None:
        """A table whose lines are already made."""
        print(f"\n{title}\n")
        for line in text:
            print(f"  {line}")
        self.tables.append({"title": title, "rows": rows})

    def end(self) -> None:
        print()
        for line in self.missed:
            print(f"missed: {line}")
        if not self.missed:
            print("every goal that was measured is met")


def machine() -> dict:
    cpuinfo = Path("/proc/cpuinfo").read_text()
    models = [line.split(":")[1].strip() for line in cpuinfo.splitlines() if "model name" in line]
    return {
        "processor": models[0] if models else platform.machine(), "cores": len(models),
        "kernel": platform.release(), "load": Path("/proc/loadavg").read_text().split()[0]}

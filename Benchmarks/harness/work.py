"""Captures made by the generator, within a stated amount of disk, gone again after use."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools import say

# Octets in a file per inner packet and point, at most: measured, with a tenth to spare.
FULL_OCTETS = 1030
HEADER_OCTETS = 16 + 4 + 28


class OverBudget(RuntimeError):
    """The work would take more disk than is allowed."""


@dataclass
class Work:
    """One set of captures and what the generator says is true of it."""

    name: str
    folder: Path
    truth: dict

    @property
    def files(self) -> list[str]:
        return [str(self.folder / file["name"]) for file in self.truth["files"]]

    def file(self, interface: str) -> str:
        """The capture of `node-interface`."""
        return next(path for path in self.files if Path(path).name.startswith(f"{interface}."))

    def frames(self, interface: str) -> int:
        return next(
            file["frames"] for file in self.truth["files"]
            if file["name"].startswith(f"{interface}."))

    @property
    def observations(self) -> int:
        return self.truth["observations"]

    @property
    def megabytes(self) -> float:
        return self.truth["bytes"] / 1e6


@dataclass
class Workshop:
    """Makes works below `folder`, one after the other, never more than `budget` octets at once."""

    generate: str
    folder: Path
    budget: int
    used: int = 0

    @contextlib.contextmanager
    def made(
        self, name: str, packets: int, *options: str, snaplen: int | None = None, points: int = 4,
    ) -> Iterator[Work]:
        needed = expected_octets(packets, snaplen, points)
        if self.used + needed > self.budget:
            raise OverBudget(f"{name} takes {needed / 1e9:.1f} GB of disk")
        folder = self.folder / name
        words = [self.generate, "--packets", str(packets), "--points", str(points), *options]
        words += ["--snaplen", str(snaplen)] if snaplen else []
        say(f"making {name}: {packets:,} packets at {points} points")
        self.used += needed
        try:
            made = subprocess.run([*words, folder], check=True, capture_output=True, text=True)
            yield Work(name, folder, json.loads(made.stdout))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            self.used -= needed


def expected_octets(packets: int, snaplen: int | None, points: int) -> int:
    per_record = FULL_OCTETS if snaplen is None else min(FULL_OCTETS, snaplen + HEADER_OCTETS)
    # One more than the points: what decapsulation writes.
    return packets * (min(points, 4) + 1) * per_record

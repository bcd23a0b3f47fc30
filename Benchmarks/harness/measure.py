"""Runs programs and takes their time: interleaved rounds, warm, medians."""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tools import say

SAMPLE_SECONDS = 0.01


@dataclass
class Run:
    """One run: seconds of wall clock and of processor, peak of private memory in octets."""

    wall: float
    processor: float
    private_memory: int
    status: int


@dataclass
class Candidate:
    """A command that is measured; `packets` is how many it handles in one run."""

    label: str
    command: list[str]
    packets: int
    # A target of the design: ratio to the table's first row, packets a second, or seconds in all.
    most_ratio: float | None = None
    least_rate: float | None = None
    most_seconds: float | None = None
    # Removes what a run wrote, outside of the measured time.
    clean: Callable[[], None] = lambda: None
    # Slow programs: measured on a part of the work, once.
    is_part: bool = False
    runs: list[Run] = field(default_factory=list)

    @property
    def wall(self) -> float:
        return statistics.median(run.wall for run in self.runs)

    @property
    def processor(self) -> float:
        return statistics.median(run.processor for run in self.runs)

    @property
    def private_memory(self) -> int:
        return max(run.private_memory for run in self.runs)

    @property
    def seconds_per_packet(self) -> float:
        return self.wall / self.packets


class Failed(RuntimeError):
    """A measured program ended with another status than zero, or took too long."""


def run(
    command: list[str], limit: float = 600, data_limit: int | None = None,
    input: str | None = None,
) -> Run:
    """Runs a command with its output thrown away; `data_limit` is RLIMIT_DATA in octets."""
    if data_limit is not None:
        command = ["prlimit", f"--data={data_limit}", *command]
    started = time.perf_counter()
    with open(input or os.devnull, "rb") as source:
        process = subprocess.Popen(
            command, stdin=source, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    sampler = Sampler(process.pid)
    timer = threading.Timer(limit, process.kill)
    timer.start()
    try:
        errors = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
    finally:
        # Also where the harness itself is ended: neither the program nor the timer outlives it.
        timer.cancel()
        process.kill()
        process.stderr.close()
        peak = sampler.stop()
    if process.returncode != 0:
        said = errors.decode(errors="replace").strip()[-300:]
        raise Failed(f"status {process.returncode} after {wall:.1f} s: {' '.join(command)}\n{said}")
    return Run(wall, usage.ru_utime + usage.ru_stime, peak, process.returncode)


class Sampler:
    """Reads RssAnon of a process every 10 ms, beside it, and keeps the highest."""

    def __init__(self, process: int) -> None:
        self.path = Path(f"/proc/{process}/status")
        self.peak = 0
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.sample, daemon=True)
        self.thread.start()

    def sample(self) -> None:
        while not self.ended.is_set():
            try:
                found = re.search(r"RssAnon:\s+(\d+) kB", self.path.read_text())
            except OSError:
                return
            if found:
                self.peak = max(self.peak, int(found[1]) * 1024)
            self.ended.wait(SAMPLE_SECONDS)

    def stop(self) -> int:
        self.ended.set()
        self.thread.join()
        return self.peak


def measure(candidates: list[Candidate], rounds: int) -> list[Candidate]:
    """Runs every candidate once to warm up and then `rounds` times in turn.

    Each round starts with another one, so that none always runs after the same neighbour. A
    candidate that fails is said and left out.
    """
    usable = [candidate for candidate in candidates if has_run(candidate)]
    for number in range(rounds):
        start = number % len(usable) if usable else 0
        for candidate in usable[start:] + usable[:start]:
            if candidate.is_part and number > 0:
                continue
            candidate.runs.append(run(candidate.command))
            candidate.clean()
    return usable


def has_run(candidate: Candidate) -> bool:
    try:
        run(candidate.command)
    except Failed as failure:
        say(f"{candidate.label} is left out: {failure}")
        return False
    finally:
        candidate.clean()
    return True

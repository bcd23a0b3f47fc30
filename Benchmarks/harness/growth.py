"""Memory and time as the work grows, and where somebody makes it hard on purpose."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from checks import check_summary
from measure import Failed, Run, run
from report import Report
from tools import Tools
from work import Work, Workshop

SNAPLEN = 128
MOST_MEMORY = 64 << 20
DATA_LIMIT = 128 << 20
MOST_GROWTH = 1.3
# A run that takes longer than this has lost its linear time.
LIMIT_SECONDS = 120


@dataclass
class Case:
    """One work; `packets` is relative to the base work of its table."""

    name: str
    packets: float = 1
    options: tuple[str, ...] = ()
    points: int = 4
    has_truth: bool = True


# So little that a run takes what every run does.
START = Case("start", 1 / 1000)
SIZES = [
    # Of a million packets a quarter, which makes a million observations: what the goal compares with.
    Case("base", 1 / 4), Case("a-tenth", 1 / 40), Case("two-fifths", 1 / 10), Case("fourfold"),
    Case("sixteenfold", 4),
    *(Case(f"{points}-files", points=points) for points in (2, 8, 16, 32, 64)),
]
HOSTILE = [
    # As many packets as the others.
    Case("base"),
    Case("all-ids-0", options=("--zero-ids",), has_truth=False),
    Case("one-flow", options=("--flows", "1")),
    Case("equal-times", options=("--equal-times",), has_truth=False),
    Case("identical-datagrams", options=("--flood",), has_truth=False),
    Case("offload-and-service", options=("--offload", "--service"), has_truth=False),
    Case("pcapng", options=("--format", "pcapng")),
    Case("clock-5-ms-ahead", options=("--clock-offset", "5000000"), has_truth=False),
]


@dataclass
class Growth:
    """Runs of a case, and in turn with them those of its table's base and of a start."""

    name: str
    observations: int
    base_observations: int
    # None for what failed or found no end.
    runs: list[Run] | None
    base_runs: list[Run] | None
    start_runs: list[Run] | None

    @property
    def seconds(self) -> float | None:
        return fastest(self.runs)

    @property
    def ratio(self) -> float | None:
        """Time per observation over that of the base."""
        return self.over_base(0)

    @property
    def ratio_beyond_start(self) -> float | None:
        """The same of the time behind what every run takes."""
        start = fastest(self.start_runs)
        return None if start is None else self.over_base(start)

    def over_base(self, less: float) -> float | None:
        base = fastest(self.base_runs)
        if self.seconds is None or base is None or base <= less:
            return None
        each = (self.seconds - less) / self.observations
        return each / ((base - less) / self.base_observations)


def fastest(runs: list[Run] | None) -> float | None:
    """In seconds: what the machine's other work adds is none of the program's growth."""
    return min(run.wall for run in runs) if runs else None


def grow(
    tools: Tools, workshop: Workshop, report: Report, title: str, cases: list[Case], packets: int,
    rounds: int,
) -> None:
    """Time per observation of each case over that of the first."""
    if tools.vxhop is None:
        return
    growths = []
    base_case, *others = cases
    with contextlib.ExitStack() as kept:
        def made(case: Case) -> contextlib.AbstractContextManager[Work]:
            return workshop.made(
                case.name, max(1, int(case.packets * packets)), *case.options, snaplen=SNAPLEN,
                points=case.points)

        base = kept.enter_context(made(base_case))
        start = kept.enter_context(made(START))
        check_summary(tools, base, report)
        for case in others:
            with made(case) as work:
                growths.append(Growth(
                    case.name, work.observations, base.observations,
                    *in_turn(tools, [work, base, start], rounds)))
                if case.has_truth and growths[-1].runs:
                    check_summary(tools, work, report)
    show(report, title, base_case, growths)


def in_turn(tools: Tools, works: list[Work], rounds: int) -> list[list[Run] | None]:
    """Rounds of all works after one to warm up; None for one that fails."""
    runs: list[list[Run] | None] = [[] for _ in works]
    for number in range(rounds + 1):
        for index, work in enumerate(works):
            if runs[index] is None:
                continue
            try:
                measured = run(
                    [tools.vxhop, "trace", "--packets", "none", *work.files], LIMIT_SECONDS)
            except Failed:
                runs[index] = None
            else:
                runs[index] += [measured] if number > 0 else []
    return runs


def show(report: Report, title: str, base: Case, growths: list[Growth]) -> None:
    all_base = [run for growth in growths for run in growth.base_runs or []]
    all_start = [run for growth in growths for run in growth.start_runs or []]
    rows, text = [], []
    if all_base and all_start:
        each = fastest(all_base) / growths[0].base_observations
        start = fastest(all_start)
        text.append(
            f"{'':20} {'observations':>12} {'each':>11} {'base then':>12}  ratio"
            f"   and without what a start takes ({start * 1e3:.1f} ms)")
        text.append(
            f"{base.name:20} {growths[0].base_observations:12,} {each * 1e9:8.0f} ns")
        rows.append({
            "name": base.name, "observations": growths[0].base_observations,
            "seconds_per_observation": each, "start_seconds": start})
    for growth in growths:
        row = {"name": growth.name, "observations": growth.observations}
        if growth.ratio is None:
            verdict = report.mark(
                False, f"{growth.name} ({title})", f"an end within {LIMIT_SECONDS} s")
            text.append(
                f"{growth.name:20} {growth.observations:12,}"
                f"  it or its base failed, or no end{verdict}")
        else:
            each = growth.seconds / growth.observations
            memory = max(run.private_memory for run in growth.runs)
            beyond = growth.ratio_beyond_start
            row |= {
                "seconds_per_observation": each, "ratio": growth.ratio,
                "ratio_beyond_start": beyond, "private_memory": memory}
            verdict = report.mark(
                growth.ratio <= MOST_GROWTH, f"{growth.name} ({title})", f"≤ {MOST_GROWTH} ×")
            room = report.mark(
                memory <= MOST_MEMORY, f"{growth.name} ({title}), memory",
                f"≤ {MOST_MEMORY >> 20} MiB")
            base_each = fastest(growth.base_runs) / growth.base_observations
            shown = f" {beyond:6.2f}" if beyond is not None else ""
            text.append(
                f"{growth.name:20} {growth.observations:12,} {each * 1e9:8.0f} ns"
                f" {base_each * 1e9:9.0f} ns {growth.ratio:6.2f}{verdict}{shown}"
                f" {memory / 1e6:8.1f} MB{room}")
        rows.append(row)
    report.lines(title, rows, text)


def memory_ceiling(tools: Tools, workshop: Workshop, report: Report, packets: int) -> None:
    """Under a limit on private memory, where file mappings do not count; then as a stream."""
    if tools.vxhop is None:
        return
    rows, text = [], []
    with workshop.made("ceiling", packets, snaplen=SNAPLEN) as work:
        command = [tools.vxhop, "trace", "--packets", "none"]
        nic = work.file("n1-eth0")
        for name, words, source in (
            (f"under a data limit of {DATA_LIMIT >> 20} MiB", [*command, *work.files], None),
            ("one capture as a stream", [*command, "n1/eth0=-"], nic),
        ):
            try:
                measured = run(words, 5 * LIMIT_SECONDS, DATA_LIMIT, source)
                memory = measured.private_memory
            except Failed as failure:
                memory = None
                text.append(str(failure).splitlines()[0][:120])
            met = memory is not None and memory <= MOST_MEMORY
            verdict = report.mark(met, f"memory {name}", f"≤ {MOST_MEMORY >> 20} MiB")
            shown = "failed" if memory is None else f"{memory / 1e6:.1f} MB"
            text.append(f"{name:36} {shown:>10}{verdict}")
            rows.append({"name": name, "private_memory": memory})
    report.lines(f"Private memory (RssAnon), {packets:,} packets at 4 points", rows, text)

"""Memory and time as the work grows, and where somebody makes it hard on purpose."""

from __future__ import annotations

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


SIZES = [
    Case("base"), Case("a-fortieth", 1 / 40), Case("a-tenth", 1 / 10), Case("fourfold", 4),
    *(Case(f"{points}-files", points=points) for points in (2, 8, 16, 32, 64)),
]
HOSTILE = [
    Case("base"),
    Case("all-ids-0", options=("--zero-ids",), has_truth=False),
    Case("one-flow", options=("--flows", "1")),
    Case("equal-times", options=("--equal-times",), has_truth=False),
    Case("identical-datagrams", options=("--flood",), has_truth=False),
    Case("offload-and-service", options=("--offload", "--service"), has_truth=False),
    Case("pcapng", options=("--format", "pcapng")),
    Case("clock-5-ms-ahead", options=("--clock-offset", "5000000"), has_truth=False),
]


def grow(
    tools: Tools, workshop: Workshop, report: Report, title: str, cases: list[Case], packets: int,
    rounds: int,
) -> None:
    """Time per observation of each case over that of the first."""
    if tools.vxhop is None:
        return
    results: dict[str, tuple[int, list[Run] | None]] = {}
    for case in cases:
        with workshop.made(
            case.name, int(case.packets * packets), *case.options, snaplen=SNAPLEN,
            points=case.points,
        ) as work:
            results[case.name] = work.observations, runs_of(tools, work, rounds)
            if case.has_truth and results[case.name][1]:
                check_summary(tools, work, report)
    show(report, title, results)


def runs_of(tools: Tools, work: Work, rounds: int) -> list[Run] | None:
    command = [tools.vxhop, "trace", "--packets", "none", *work.files]
    try:
        return [run(command, LIMIT_SECONDS) for _ in range(rounds + 1)][1:]
    except Failed:
        return None


def seconds_per_observation(observations: int, runs: list[Run] | None) -> float | None:
    """The fastest run: what the machine's other work adds is none of the program's growth."""
    return min(run.wall for run in runs) / observations if runs else None


def show(
    report: Report, title: str, results: dict[str, tuple[int, list[Run] | None]],
) -> None:
    reference = seconds_per_observation(*next(iter(results.values())))
    rows, text = [], []
    for name, (observations, runs) in results.items():
        each = seconds_per_observation(observations, runs)
        row = {"name": name, "observations": observations, "seconds_per_observation": each}
        if each is None or reference is None:
            verdict = report.mark(False, f"{name} ({title})", f"an end within {LIMIT_SECONDS} s")
            text.append(f"{name:20} {observations:12,}  failed, or no end{verdict}")
        else:
            memory = max(run.private_memory for run in runs)
            row |= {"ratio": each / reference, "private_memory": memory}
            growth = report.mark(
                each / reference <= MOST_GROWTH, f"{name} ({title})", f"≤ {MOST_GROWTH} ×")
            room = report.mark(
                memory <= MOST_MEMORY, f"{name} ({title}), memory", f"≤ {MOST_MEMORY >> 20} MiB")
            text.append(
                f"{name:20} {observations:12,} {each * 1e9:8.0f} ns {each / reference:6.2f}{growth}"
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

"""Instructions per observation, by callgrind: what no other work on the machine moves."""

from __future__ import annotations

import json
import re
import subprocess
from collections import defaultdict
from pathlib import Path

from report import Report
from tools import BENCHMARKS, CHECKOUT, Tools, say
from work import Work, Workshop

RECORDED = BENCHMARKS / "instructions.json"
SNAPLEN = 128
# 400,000 observations, less those of a work that is read twice just as far: what is left is the second pass.
PACKETS, FEW_PACKETS = 110_000, 10_000
MOST_GROWTH = 1.10


def count_instructions(
    tools: Tools, workshop: Workshop, report: Report, records: bool,
) -> None:
    """Counts the whole `trace --packets none`, in sum and by module; compares with the record."""
    if tools.vxhop is None or "valgrind" not in tools.peers:
        return
    with workshop.made("sample", PACKETS, snaplen=SNAPLEN) as large:
        with workshop.made("few", FEW_PACKETS, snaplen=SNAPLEN) as small:
            more, base = callgrind(tools, large), callgrind(tools, small)
            observations = large.observations - small.observations
    counts = {
        stage: (more[stage] - base.get(stage, 0)) / observations
        for stage in sorted(more, key=more.get, reverse=True)}
    counts = {stage: round(count, 1) for stage, count in counts.items() if count >= 1}
    if records:
        RECORDED.write_text(json.dumps(counts, indent=2) + "\n")
        say(f"recorded in {RECORDED.name}")
    known = json.loads(RECORDED.read_text()) if RECORDED.exists() and not records else {}
    text = []
    for stage, count in counts.items():
        line = f"{stage:28} {count:10,.0f}"
        if stage in known and (stage == "all" or count >= 20):
            growth = count / known[stage]
            line += f"  {growth:5.2f} × the record"
            line += report.mark(
                growth <= MOST_GROWTH, f"instructions, {stage}", f"≤ {MOST_GROWTH} ×")
        text.append(line)
    report.lines("Instructions per observation (trace --packets none)", [counts], text)


def callgrind(tools: Tools, work: Work) -> dict[str, int]:
    output = work.folder / "callgrind.out"
    say(f"counting instructions on {work.observations:,} observations")
    subprocess.run(
        [tools.peers["valgrind"], "--tool=callgrind", f"--callgrind-out-file={output}", "--quiet",
         tools.vxhop, "trace", "--threads", "1", "--packets", "none", *work.files],
        check=True, stdout=subprocess.DEVNULL)
    return self_costs(output)


def self_costs(output: Path) -> dict[str, int]:
    """Instructions of each module's own functions, and of everything (`all`).

    Follows callgrind's format: `fn=(id) name` opens a function, `cfn=` names one that is called
    (the name stands only where the id is new), `calls=` says that the next line's cost is the
    callee's, and other lines that open with a position end with a cost.
    """
    costs: dict[str, int] = defaultdict(int)
    names: dict[str, str] = {}
    stage, is_call = "others", False
    for line in output.open():
        if line.startswith(("fn=", "cfn=")):
            keyword, _, named = line.strip().partition("=")
            number, _, name = named.partition(" ")
            names.setdefault(number, name)
            if keyword == "fn":
                stage = stage_of(names[number])
        elif line.startswith("calls="):
            is_call = True
        elif line[0] in "0123456789+-*":
            if not is_call:
                cost = int(line.split()[-1])
                costs[stage] += cost
                costs["all"] += cost
            is_call = False
    return costs


def stage_of(function: str) -> str:
    """The module of a mangled Swift name: `$s8Captures…` is of `Captures`."""
    for length, rest in re.findall(r"\$s(?:[A-Za-z]*?)(\d+)(\w+)", function)[:1]:
        module = rest[: int(length)]
        return module if (CHECKOUT / "Sources" / module).is_dir() else "Swift and libraries"
    return "Swift and libraries"

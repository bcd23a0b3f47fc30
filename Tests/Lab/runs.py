"""One run of a scenario: lab up, captures on, traffic, captures off, tables, truth, lab down."""

from __future__ import annotations

import gc
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from capture import CaptureOptions, CapturePoint, CaptureSession, save_tables
from check import complaints
from generator import send_all
from paths import flow_path
from plan import Plan, Scenario
from topology import Lab
from truth import Truth, write_truth

# Of TCP over IPv6 all options, which part equal segments without an IP ID.
SMALLEST_SNAPLEN = {4: 128, 6: 184}
WHOLE_FRAME, WHOLE_UNIT = 2048, 66_000


@dataclass(frozen=True)
class RunOptions:
    """What the command line chose; None leaves it to the scenario or the lab."""

    folder: Path
    name: str
    snaplen: int | None
    nanoseconds: bool
    pods_captured: bool
    node_count: int | None
    pod_count: int | None
    ipv6: bool | None
    offloads: bool | None
    bridge_netfilter: bool | None
    seed: int
    scale: int
    live: Path | None

    def make_lab(self, scenario: Scenario) -> Lab:
        chosen = {name: value for name in ("node_count", "pod_count", "ipv6", "offloads",
                                           "bridge_netfilter")
                  if (value := getattr(self, name)) is not None}
        return Lab(self.name, seed=self.seed, **{**scenario.settings, **chosen})


def run_scenario(scenario: Scenario, options: RunOptions) -> tuple[dict[str, object], list[str]]:
    """Runs a scenario. Returns a summary and whatever did not come out as promised."""
    folder = options.folder
    folder.mkdir(parents=True, exist_ok=True)
    lab = options.make_lab(scenario)
    try:
        lab.up()
        plan = Plan(lab, options.scale)
        scenario.fill(plan)
        usual = SMALLEST_SNAPLEN[4] if plan.bulk else WHOLE_UNIT if lab.offloads else WHOLE_FRAME
        snaplen = options.snaplen or usual
        smallest = max(SMALLEST_SNAPLEN[max(lab.families)], plan.snaplen)
        if snaplen < smallest:
            raise SystemExit(f"lab: snaplen below {smallest} would cut the markers off")
        save_tables(lab, folder)
        settings = CaptureOptions(snaplen, options.nanoseconds, options.pods_captured,
                                  plan.recaptured, plan.promiscuous and not options.live,
                                  plan.bulk, options.live)
        with CaptureSession(lab, folder, settings) as session:
            counts = send_all(lab, plan.flows)
    finally:
        lab.down()

    write_manifest(scenario, options, plan, session, counts)
    if plan.findings:
        return {"scenario": scenario.name, "folder": str(folder)}, []
    # A long run makes millions of small objects, and no cycles to look for among them.
    gc.disable()
    found: list[str] = []
    summary: dict[str, object] = {"scenario": scenario.name, "folder": str(folder)}
    lists = {
        "truth": [point for point in session.points if point.interface is not None],
        "truth-any": [point for point in session.points if point.interface is None],
        "truth-live": session.live.points if session.live else [],
    }
    for name, captures in lists.items():
        if not captures:
            continue
        truth = Truth(lab, plan.flows, captures, folder, plan.cut_and_glued, plan.duplicates)
        objects, ranges = truth.objects(), truth.range_objects()
        write_truth(folder, name, objects, ranges)
        marked = [value for value in objects if value["kind"] != "tcp-control"] + ranges
        found += [f"{name}: {text}" for text in
                  complaints(marked, plan.flows, counts, plan.losses, plan.duplicates)]
        summary[name] = summarize(truth, objects + ranges)
    return summary, found


def summarize(truth: Truth, objects: list[dict[str, object]]) -> dict[str, object]:
    lost = Counter(str(value["last"]) for value in objects if value["outcome"] == "lost")
    return {
        "frames": truth.frames,
        "other_frames": truth.unmarked,
        "unclear": truth.unclear,
        "packets": dict(sorted(Counter(str(value["kind"]) for value in objects).items())),
        "complete": sum(value["outcome"] == "complete" for value in objects),
        "lost": lost.total(),
        "lost_after": dict(sorted(lost.items())),
    }


def write_manifest(
    scenario: Scenario, options: RunOptions, plan: Plan, session: CaptureSession,
    counts: dict[int, dict[str, int]],
) -> None:
    """Writes lab.json: what was run, sent and captured."""
    manifest = {
        "scenario": scenario.name,
        "snaplen": session.options.snaplen,
        "nanoseconds": options.nanoseconds,
        "losses_after": plan.losses,
        "findings": plan.findings,
        "captures": [describe_capture(point, session.packets[point.file])
                     for point in session.points],
        "flows": [
            {**flow.to_json(),
             "path": flow_path(plan.lab, flow, "request"),
             "counted": counts.get(flow.number, {})}
            for flow in plan.flows
        ],
    }
    (options.folder / "lab.json").write_text(json.dumps(manifest, indent=1) + "\n")


def describe_capture(point: CapturePoint, packets: int) -> dict[str, object]:
    return {"file": point.file, "node": point.node, "point": point.name, "packets": packets}

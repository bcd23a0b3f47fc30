"""Checks the truth of a run against what the scenario promised and what the senders counted."""

from __future__ import annotations

from collections import Counter, defaultdict

from flows import Flow

Truths = list[dict[str, object]]
Way = tuple[object, object]


def complaints(
    truths: Truths, flows: list[Flow], counts: dict[int, dict[str, int]], losses: list[str],
    duplicates: bool,
) -> list[str]:
    """What is not as it should be; empty when all is well."""
    return [*loss_complaints(truths, losses), *count_complaints(truths, flows, counts, duplicates)]


def loss_complaints(truths: Truths, losses: list[str]) -> list[str]:
    lost = Counter(str(truth["last"]) for truth in truths if truth["outcome"] == "lost")
    found = [f"{number} packets lost after {last}" for last, number in lost.items()
             if last not in losses]
    found += [f"nothing was lost after {last}" for last in losses if last not in lost]
    return found


def count_complaints(
    truths: Truths, flows: list[Flow], counts: dict[int, dict[str, int]], duplicates: bool
) -> list[str]:
    """Each sender's count is the number of its packets at their first point."""
    seen: dict[Way, set[object]] = defaultdict(set)
    broken: dict[Way, set[object]] = defaultdict(set)
    for truth in truths:
        way = (truth["flow"], truth["direction"])
        seen[way].add(truth.get("marker"))
        if truth["outcome"] != "complete":
            broken[way].add(truth.get("marker"))
    found = []
    for flow in flows:
        own = counts.get(flow.number, {})
        if flow.protocol == "tcp":
            found += stream_complaints(flow, own)
            continue
        sent, answered = seen[flow.number, "request"], seen[flow.number, "reply"]
        comparisons = [("requests-sent", len(sent))]
        if flow.protocol != "icmp":
            comparisons += [("replies-sent", len(answered))]
            if not duplicates:
                arrived = answered - broken[flow.number, "reply"]
                comparisons += [("replies-received", len(arrived))]
        found += [f"flow {flow.number}: {what} {own.get(what, 0)}, captured {number}"
                  for what, number in comparisons if own.get(what, 0) != number]
    return found


def stream_complaints(flow: Flow, own: dict[str, int]) -> list[str]:
    if "streams-broken" in own:
        return []
    expected = {"up": flow.up, "down": flow.down}
    return [f"flow {flow.number}: {direction} received {number} of {length} octets"
            for direction, length in expected.items()
            if length and (number := own.get(f"{direction}-octets-received", 0)) != length]

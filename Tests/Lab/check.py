"""Checks the truth of a run against what the scenario promised and what the senders counted."""

from __future__ import annotations

from collections import Counter

from flows import Flow

Truths = list[dict[str, object]]


def complaints(
    truths: Truths, flows: list[Flow], counts: dict[int, dict[str, int]], losses: list[str]
) -> list[str]:
    """What is not as it should be; empty when all is well."""
    return [*loss_complaints(truths, losses), *count_complaints(truths, flows, counts)]


def loss_complaints(truths: Truths, losses: list[str]) -> list[str]:
    lost = Counter(str(truth["last"]) for truth in truths if truth["outcome"] == "lost")
    found = [f"{number} packets lost after {last}" for last, number in lost.items()
             if last not in losses]
    found += [f"nothing was lost after {last}" for last in losses if last not in lost]
    return found


def count_complaints(
    truths: Truths, flows: list[Flow], counts: dict[int, dict[str, int]]
) -> list[str]:
    """Each sender's count is the number of its packets at their first point."""
    seen = Counter((truth.get("flow"), truth.get("direction")) for truth in truths)
    arrived = Counter((truth.get("flow"), truth.get("direction")) for truth in truths
                      if truth["outcome"] == "complete")
    found = []
    for flow in flows:
        own = counts.get(flow.number, {})
        if flow.protocol == "tcp":
            expected = {"up": flow.up, "down": flow.down}
            broken = "streams-broken" in own
            found += [f"flow {flow.number}: {direction} received {number} of {length} octets"
                      for direction, length in expected.items()
                      if (number := own.get(f"{direction}-octets-received", 0)) != length
                      and not broken and length]
            continue
        comparisons = [("requests-sent", seen[flow.number, "request"])]
        if flow.protocol != "icmp":
            comparisons += [("replies-sent", seen[flow.number, "reply"]),
                            ("replies-received", arrived[flow.number, "reply"])]
        found += [f"flow {flow.number}: {what} {own.get(what, 0)}, captured {number}"
                  for what, number in comparisons if own.get(what, 0) != number]
    return found

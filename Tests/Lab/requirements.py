"""What the lab needs from the machine."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
import threading

TOOLS = ("ip", "bridge", "nft", "iptables", "ip6tables", "ethtool", "tcpdump")
CLONE_NEWNET = 0x40000000


def missing_tools() -> list[str]:
    return [tool for tool in TOOLS if shutil.which(tool) is None]


def namespaces_refused() -> str | None:
    """Why a thread may not have a network namespace of its own; None when it may."""
    outcome: list[int] = []

    def attempt() -> None:
        library = ctypes.CDLL(None, use_errno=True)
        outcome.append(0 if library.unshare(CLONE_NEWNET) == 0 else ctypes.get_errno())

    thread = threading.Thread(target=attempt)
    thread.start()
    thread.join()
    return os.strerror(outcome[0]) if outcome[0] else None


def check() -> dict[str, object]:
    missing, refused = missing_tools(), namespaces_refused()
    return {
        "usable": not missing and refused is None,
        "missing": missing,
        "namespaces": refused is None,
        "namespaces_refused": refused,
        "bridge_netfilter": os.path.exists("/proc/sys/net/bridge/bridge-nf-call-iptables"),
        "python": sys.version.split()[0],
    }

"""The programs that are measured: this project's, the C baseline's, and the peers as installed."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parent.parent
CHECKOUT = BENCHMARKS.parent
PEERS = ("mergecap", "tcpdump", "editcap", "capinfos", "tshark", "valgrind")
C_FLAGS = ["-std=c17", "-D_GNU_SOURCE", "-O2", "-Wall", "-Wextra", "-Wshadow", "-Werror"]


@dataclass
class Tools:
    """Where each program is; a peer that is not installed has no entry in `peers`."""

    vxhop: str | None
    # Parts of vxhop alone; None where no section asks for them, or vxhop was built elsewhere.
    measure_stages: str | None
    generate: str
    read_mapped: str
    read_libpcap: str
    decapsulate: str
    peers: dict[str, str]
    # What `vxhop --help` and `vxhop trace --help` say: not every version knows every option.
    help: str

    def knows(self, words: str) -> bool:
        """Whether the help names a command or an option, as a whole word."""
        return re.search(rf"(?<!\w){re.escape(words)}(?!\w)", self.help) is not None


def prepare(folder: Path, vxhop: str | None, builds: bool, measures_stages: bool) -> Tools:
    """Builds what is needed; the C programs go into `folder`."""
    peers = {name: path for name in PEERS if (path := shutil.which(name))}
    for name in PEERS:
        if name not in peers:
            say(f"{name} is not installed: its rows are left out")
    baseline = BENCHMARKS / "baseline"
    measure_stages = None
    if vxhop is None and builds:
        vxhop = build_release("vxhop")
        if measures_stages:
            measure_stages = build_release("measure-stages")
    return Tools(
        vxhop=vxhop,
        measure_stages=measure_stages,
        generate=compile_c(folder / "generate", *sorted((BENCHMARKS / "generator").glob("*.c"))),
        read_mapped=compile_c(folder / "read_mapped", baseline / "read_mapped.c"),
        read_libpcap=compile_c(folder / "read_libpcap", baseline / "read_libpcap.c", "-lpcap"),
        decapsulate=compile_c(folder / "decapsulate", baseline / "decapsulate.c"),
        peers=peers,
        help=help_of(vxhop),
    )


def build_release(product: str) -> str:
    say(f"building {product} for release …")
    command = ["make", "release", "STRIP=", f"PRODUCT={product}"]
    subprocess.run(command, cwd=CHECKOUT, check=True, stdout=sys.stderr)
    return str(CHECKOUT / ".build" / "release" / product)


def compile_c(output: Path, *words: Path | str) -> str:
    subprocess.run(["cc", *C_FLAGS, "-o", output, *words], check=True)
    return str(output)


def help_of(vxhop: str | None) -> str:
    if vxhop is None:
        return ""
    pages = ([vxhop, "--help"], [vxhop, "trace", "--help"])
    return "".join(subprocess.run(page, capture_output=True, text=True).stdout for page in pages)


def say(text: str) -> None:
    print(f"bench: {text}", file=sys.stderr, flush=True)

"""Runs the tools of iproute2 and its friends; a failed command carries what it said."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable


class CommandFailed(RuntimeError):
    """A command ended with a status other than zero."""


def run(*arguments: str, given: str | None = None, check: bool = True) -> str:
    """Runs one command to its end and returns its standard output."""
    result = subprocess.run(arguments, input=given, capture_output=True, text=True)
    if check and result.returncode != 0:
        said = (result.stderr or result.stdout).strip()
        raise CommandFailed(f"{' '.join(arguments)}: {said}")
    return result.stdout


def ip_batch(namespace: str, lines: Iterable[str]) -> None:
    """Runs `ip` commands inside a namespace, in one process, up to the first that fails."""
    run("ip", "-n", namespace, "-batch", "-", given="\n".join(lines) + "\n")


def bridge_batch(namespace: str, lines: Iterable[str]) -> None:
    """The same for `bridge`."""
    run("bridge", "-n", namespace, "-batch", "-", given="\n".join(lines) + "\n")


def inside(namespace: str, *arguments: str) -> list[str]:
    """The command line that runs a program inside a namespace."""
    return ["ip", "netns", "exec", namespace, *arguments]

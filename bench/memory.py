"""Memory of processes, as the kernel counts it (Linux; elsewhere nothing is reported)."""

from __future__ import annotations

import os
from pathlib import Path

_PROC = Path("/proc")


def resident_mb(pid: int | None = None) -> float:
    """Return the memory that a process (this one when None) holds, 0 where it is not known."""
    try:
        status = (_PROC / str(pid or os.getpid()) / "status").read_text()
    except OSError:
        return 0.0
    return _kilobytes(status, "VmRSS:") / 1024


def peak_mb() -> float:
    """Return the most memory that this process has held, 0 where it is not known.

    Not `ru_maxrss`: a child inherits there what its parent held when it was started.
    """
    try:
        status = (_PROC / "self" / "status").read_text()
    except OSError:
        return 0.0
    return _kilobytes(status, "VmHWM:") / 1024


def proportional_mb(pid: int) -> float:
    """Return the memory of a process and its children, shared pages counted in part (PSS)."""
    total = 0.0
    for one in family(pid):
        try:
            total += _kilobytes((_PROC / str(one) / "smaps_rollup").read_text(), "Pss:")
        except OSError:
            continue
    return total / 1024


def family(pid: int) -> list[int]:
    """Return a process with all that it started."""
    found = [pid]
    for one in found:
        for listed in (_PROC / str(one) / "task").glob("*/children"):
            try:
                found += [int(child) for child in listed.read_text().split()]
            except OSError:
                continue
    return found


def _kilobytes(text: str, name: str) -> float:
    line = next((line for line in text.splitlines() if line.startswith(name)), f"{name} 0 kB")
    return float(line.split()[1])

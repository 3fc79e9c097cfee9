"""Writes the lock files beside their `.in` files; run by `make lock` when a dependency changes.

The locks hold plain versions with hashes and no local builds, so that they are the same on every machine.
`torch` keeps its version but loses its hashes: a CPU-only build of the same version is as good and far smaller,
and which build there is to be had differs from machine to machine. What only the GPU build needs is left out.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from setup.uv import ensure_uv, uv_environment

LOCKS = Path(__file__).parent / "locks"
PYTHON_OF = {"app": "3.11", "dev": "3.11", "bot": "3.10", "synapse": "3.11"}
GPU_ONLY = re.compile(r"^(nvidia-|cuda-|triton\b)")


def compile_lock(uv: Path, name: str) -> None:
    """Resolves `NAME.in` for every platform and writes `NAME.txt`."""
    target = LOCKS / f"{name}.txt"
    subprocess.run(
        [uv, "pip", "compile", f"{name}.in", "-o", target.name, "--universal", "--quiet",
         "--python-version", PYTHON_OF[name], "--generate-hashes", "--no-emit-find-links",
         "--no-emit-index-url", "--no-annotate", "--custom-compile-command", "make lock",
         *sys.argv[1:]],
        cwd=LOCKS, check=True, env={**os.environ, **uv_environment()},
    )  # fmt: skip
    target.write_text(plain(target.read_text()), encoding="utf-8")


def plain(lock: str) -> str:
    """Drops what differs from machine to machine: the builds of torch and what only its GPU build needs."""
    kept: list[str] = []
    for entry in re.split(r"\n(?=\S)", lock.rstrip("\n")):
        if entry.startswith("torch=="):
            entry = re.split(r"[+ ]", entry)[0]
        if not GPU_ONLY.match(entry) and entry not in kept:
            kept.append(entry)
    return "\n".join(kept) + "\n"


if __name__ == "__main__":
    found = ensure_uv().resolve()
    for lock_name in PYTHON_OF:
        compile_lock(found, lock_name)

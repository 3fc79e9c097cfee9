"""Finds a Python of a wanted version: on the PATH, with a version manager, or fetched by uv.

A version manager's shim can stand on the PATH and still refuse to run, because that version is not switched on;
so every candidate is tried out, and the managers' own folders are looked into as well.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from setup.paths import var
from setup.steps import SetupError, run

# What both environments need of an interpreter; a Python that was built without one of them is passed over.
PROBE = "import sys, ssl, sqlite3, ctypes, zlib, bz2, lzma; print('%d.%d' % sys.version_info[:2])"


def find_python(versions: Sequence[str], wish: str | None = None) -> Path | None:
    """The first working interpreter of one of the versions, in their order; `wish` names one to try first."""
    if wish:
        return Path(wish) if version_of(Path(wish)) in versions else None
    for version in versions:
        for candidate in candidates(version):
            if version_of(candidate) == version:
                return candidate
    return None


def candidates(version: str) -> Iterator[Path]:
    """Places where an interpreter of this version may be, the likeliest first."""
    for name in (f"python{version}", "python3", "python"):
        found = shutil.which(name)
        if found:
            yield Path(found)
    home = Path.home()
    for root, pattern in (
        (Path(os.environ.get("PYENV_ROOT", home / ".pyenv")) / "versions", f"{version}*/bin/python"),
        (Path(os.environ.get("ASDF_DATA_DIR", home / ".asdf")) / "installs" / "python",
         f"{version}*/bin/python"),
        (home / ".local" / "share" / "mise" / "installs" / "python", f"{version}*/bin/python"),
        (home / ".local" / "share" / "uv" / "python", f"cpython-{version}*/bin/python{version}"),
        (home / ".rye" / "py", f"cpython@{version}*/bin/python3"),
        (var() / "python", f"cpython-{version}*/bin/python{version}"),
        (Path("/opt/python"), f"{version}*/bin/python{version}"),
        (Path("/usr/local/bin"), f"python{version}"),
        (Path("/usr/bin"), f"python{version}"),
    ):  # fmt: skip
        if root.is_dir():
            yield from sorted(root.glob(pattern), reverse=True)


def version_of(python: Path) -> str | None:
    """The version of an interpreter that runs and has what we need; else nothing."""
    try:
        probe = subprocess.run(
            [str(python), "-c", PROBE], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return probe.stdout.strip() if probe.returncode == 0 else None


def ensure_python(uv: Path, versions: Sequence[str], purpose: str, setting: str,
                  env: dict[str, str]) -> Path:  # fmt: skip
    """A working interpreter; fetched by uv into the checkout only when the machine has none.

    Raises:
        SetupError: there is none, and none can be fetched.
    """
    wish = os.environ.get(setting)
    found = find_python(versions, wish)
    if found:
        return found
    wanted = " or ".join(versions)
    if wish:
        raise SetupError(
            f"{setting}={wish} is not a working Python {wanted}.",
            f"Point {setting} at one, or leave it unset so that one is found or fetched.",
        )
    run(
        f"Fetching Python {versions[0]} for {purpose}",
        [uv, "python", "install", versions[0], "--no-bin"],
        log=f"python-{versions[0]}",
        env=env,
        advice=(
            f"No Python {wanted} was found on this machine, and none could be fetched. Install one"
            f" (for example `pyenv install {versions[0]}`, or your system's package), or point"
            f" {setting} at one, and run the command again."
        ),
    )
    found = find_python(versions[:1])
    if found is None:
        raise SetupError(
            f"Python {versions[0]} was fetched but does not run here.",
            f"Install Python {wanted} in another way and point {setting} at it.",
        )
    return found

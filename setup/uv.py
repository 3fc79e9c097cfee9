"""Finds uv, or installs it inside the checkout; passes on what pip is configured with, since uv does not read it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from setup.paths import var
from setup.steps import SetupError, once, run, stamp_file

UV_VERSION = "0.13.8"


def ensure_uv() -> Path:
    """A working uv: the one on the PATH, else one of our own under the var folder.

    Raises:
        SetupError: Python here has neither venv nor pip, or the package cannot be had.
    """
    found = shutil.which("uv")
    if found and _runs(Path(found)):
        return Path(found)
    home = var() / "tools"
    uv = home / "bin" / "uv"
    once(UV_VERSION, stamp_file("uv"), uv, lambda: _install(home))
    return uv


def _runs(uv: Path) -> bool:
    """Whether this uv starts and knows the options that set-up uses."""
    try:
        shown = subprocess.run([str(uv), "pip", "install", "--help"], capture_output=True,
                               text=True, timeout=20, check=False)  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return False
    return shown.returncode == 0 and "--torch-backend" in shown.stdout


def _install(home: Path) -> None:
    """Installs uv with whichever of venv and pip this Python has."""
    advice = (
        "Set-up needs uv, and Python's venv or pip to fetch it. On Debian: apt-get install python3-venv."
        " Is the machine connected to a package registry (see `pip config list`)?"
    )
    shutil.rmtree(home, ignore_errors=True)
    made = subprocess.run(
        [sys.executable, "-m", "venv", str(home)], capture_output=True, check=False
    )
    if made.returncode == 0 and (home / "bin" / "pip").exists():
        command: list[str | Path] = [home / "bin" / "pip", "install"]
    else:
        shutil.rmtree(home, ignore_errors=True)
        have_pip = subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True,
                                  check=False)  # fmt: skip
        if have_pip.returncode != 0:
            raise SetupError("This Python has neither venv nor pip.", advice)
        command = [sys.executable, "-m", "pip", "install", "--target", home]
    run("Installing uv", [*command, "--quiet", "--no-cache-dir", "--disable-pip-version-check",
                          f"uv=={UV_VERSION}"], log="uv", advice=advice)  # fmt: skip
    if not (home / "bin" / "uv").exists():
        raise SetupError("uv was installed, but its program is not where it should be.", advice)


def uv_environment() -> dict[str, str]:
    """What uv is told: to write inside the checkout, and where pip is configured to find packages."""
    settings = {
        "UV_CACHE_DIR": str(var() / "cache" / "uv"),
        "UV_PYTHON_INSTALL_DIR": str(var() / "python"),
        "UV_NO_PROGRESS": "1",
        "UV_HTTP_TIMEOUT": "180",
        "UV_NO_MODIFY_PATH": "1",
    }
    pip = pip_configuration()
    if pip.get("index-url"):
        settings["UV_DEFAULT_INDEX"] = pip["index-url"]
    remote = [url for url in pip.get("extra-index-url", "").split() if url.startswith("http")]
    if remote:
        settings["UV_INDEX"] = " ".join(remote)
        settings["UV_INDEX_STRATEGY"] = (
            "unsafe-best-match"  # which is how pip reads several indexes
        )
    if pip.get("find-links"):
        settings["UV_FIND_LINKS"] = ",".join(pip["find-links"].split())
    if pip.get("cert"):
        settings["SSL_CERT_FILE"] = pip["cert"]
    return {key: value for key, value in settings.items() if key not in os.environ}


def pip_configuration() -> dict[str, str]:
    """pip's settings from its files and the environment, by name; empty where there is no pip to ask."""
    found: dict[str, str] = {}
    for python in (var() / "tools" / "bin" / "python", Path(sys.executable)):
        if not python.exists():
            continue
        listed = subprocess.run([str(python), "-m", "pip", "config", "list"], capture_output=True,
                                text=True, check=False)  # fmt: skip
        if listed.returncode == 0:
            for line in listed.stdout.splitlines():
                match = re.match(r"(?:global|install|site|user)\.([a-z-]+)='(.*)'$", line)
                if match:
                    found[match[1]] = match[2].replace("\\n", " ").strip()
            break
    for name in ("index-url", "extra-index-url", "find-links", "cert"):
        value = os.environ.get(f"PIP_{name.upper().replace('-', '_')}")
        if value:
            found[name] = value
    return found

"""What the tests of the docs read: the files of the repository, its Markdown, its commands."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Made at run time or by tools, and ignored by git: never part of the product.
MADE = frozenset({"var", "node_modules", "__pycache__"})
CODE_BLOCK = re.compile(r"^```.*?^```", re.M | re.S)


@cache
def files() -> tuple[Path, ...]:
    """Every file of the product: what git knows, or all there is where the checkout came without git."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode == 0 and listed.stdout:
        paths = [ROOT / name for name in listed.stdout.split("\0") if name]
        return tuple(path for path in paths if path.is_file())
    return tuple(_walk(ROOT))


def _walk(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in MADE and not name.startswith(".")]
        yield from (Path(parent) / name for name in names)


def text_files() -> Iterator[tuple[Path, str]]:
    """Every file that holds text, with its text."""
    for path in files():
        try:
            yield path, path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def pages() -> list[Path]:
    """The pages for people who run, change or judge the product; guides for citizens are checked elsewhere."""
    found = [path for path in files() if path.suffix == ".md"]
    return [path for path in found if "articles" not in path.parts and "material" not in path.parts]


def folders_below(folder: str) -> set[str]:
    """The folders that stand directly below a folder and hold files of the product."""
    base = ROOT / folder if folder else ROOT
    below = [path.relative_to(base) for path in files() if path.is_relative_to(base)]
    return {path.parts[0] for path in below if len(path.parts) > 1}


def inline_code(text: str) -> list[str]:
    """What stands between single backticks, outside code blocks."""
    return re.findall(r"`([^`\n]+)`", CODE_BLOCK.sub("", text))

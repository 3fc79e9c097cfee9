"""Words for people, kept as data: one YAML file per language, side by side in a folder.

A key that is missing in English or Danish fails at once, never at a citizen.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

LANGUAGES = ("da", "en")


class Words:
    """The texts of one folder, by language and dotted key."""

    def __init__(self, folder: Path) -> None:
        self.by_language = {
            language: flatten(
                yaml.load(
                    (folder / f"{language}.yml").read_text(encoding="utf-8"),
                    Loader=yaml.CSafeLoader,
                )
            )
            for language in LANGUAGES
        }
        danish, english = (set(self.by_language[language]) for language in LANGUAGES)
        if danish != english:
            raise ValueError(f"{folder}: texts in one language only: {sorted(danish ^ english)}")

    def __call__(self, language: str | None, key: str, **values: object) -> str:
        """The text for `key`, Danish unless English is asked for.

        Raises:
            KeyError: no such text.
        """
        texts = self.by_language[language if language in LANGUAGES else "da"]
        return texts[key].format(**values) if values else texts[key]

    def section(self, language: str | None, prefix: str) -> dict[str, str]:
        """All texts below a key, for handing to a page's script."""
        texts = self.by_language[language if language in LANGUAGES else "da"]
        start = f"{prefix}."
        return {key[len(start) :]: text for key, text in texts.items() if key.startswith(start)}


@cache
def load_words(folder: Path) -> Words:
    """The words of a folder, read once."""
    return Words(folder)


def flatten(tree: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Turns nested keys into dotted ones: `{a: {b: text}}` -> `{"a.b": text}`."""
    flat: dict[str, str] = {}
    for key, value in tree.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            flat.update(flatten(value, f"{name}."))
        else:
            flat[name] = str(value).strip()
    return flat

"""What a contact can be sorted into, as data: ids, names in both languages, themes within main categories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

FILE = Path(__file__).parent / "vocabulary.yaml"
COMPLAINT, ADVICE, OTHER = "klage", "raad-og-vejledning", "oevrig"
WRONGDOING, PRAISE = "wrongdoing", "praise"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The lists by name; each is a mapping of ids to names in `da` and `en`, in the order of the file."""

    lists: Mapping[str, Mapping[str, Mapping[str, str]]]
    main_of: Mapping[str, str]
    themes_2016: Mapping[str, int]
    year_2016: Mapping[str, Any]

    def ids(self, name: str) -> tuple[str, ...]:
        """The ids of a list."""
        return tuple(self.lists[name])

    def name(self, of: str, one: str, lang: str) -> str:
        """What an id is called; an id that nobody knows any more is called by itself."""
        found = self.lists[of].get(one)
        return found["en" if lang == "en" else "da"] if found else one

    def options(self, of: str, lang: str) -> list[tuple[str, str]]:
        """Ids and names for a choice."""
        return [(one, self.name(of, one, lang)) for one in self.lists[of]]

    def known(self, of: str, values: Sequence[Any]) -> list[str]:
        """Those of the values that the list has, each once, in the order of the list."""
        wanted = {value for value in values if isinstance(value, str)}
        return [one for one in self.lists[of] if one in wanted]

    def mains(self, themes: Sequence[str]) -> list[str]:
        """The main categories of themes, each once, in the order of the list."""
        return self.known("mains", [self.main_of[one] for one in themes if one in self.main_of])


@cache
def load_vocabulary() -> Vocabulary:
    """The vocabulary, read once."""
    raw = yaml.load(FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    lists = {name: rows for name, rows in raw.items() if isinstance(rows, list)}
    return Vocabulary(
        lists=MappingProxyType(
            {name: {row["id"]: {"da": row["da"], "en": row["en"]} for row in rows}
             for name, rows in lists.items()}
        ),
        main_of={row["id"]: row["main"] for row in lists["themes"]},
        themes_2016={row["id"]: row["kbh_2016"] for row in lists["themes"] if "kbh_2016" in row},
        year_2016=raw["year_2016"],
    )  # fmt: skip

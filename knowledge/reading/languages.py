"""Notices a message in another language than Danish and English."""

from __future__ import annotations

import mmap
import re
import tempfile
from array import array
from functools import cache
from typing import Any

# Letters of one script name a language well enough to answer in it; the rest is guessed from the words.
SCRIPTS = (
    ("fa", re.compile(r"[پچژگ]")),
    ("ar", re.compile(r"[\u0600-\u06ff]{2,}")),
    ("uk", re.compile(r"[іїєґІЇЄҐ]")),
    ("ru", re.compile(r"[\u0400-\u04ff]{3,}")),
    ("zh", re.compile(r"[\u4e00-\u9fff]{2,}")),
    ("ti", re.compile(r"[\u1200-\u137f]{2,}")),
    ("th", re.compile(r"[\u0e00-\u0e7f]{2,}")),
    ("hi", re.compile(r"[\u0900-\u097f]{2,}")),
)
# Those we can tell apart from Danish and English by their words. Norwegian and Swedish are answered in Danish.
KNOWN = (
    "da", "en", "no", "nb", "nn", "sv", "de", "pl", "tr", "es", "fr", "it", "ro", "lt", "nl", "pt",
    "fi", "is", "hr", "bs", "sq", "vi", "lv", "et", "hu", "cs",
)  # fmt: skip
OURS = frozenset({"da", "en", "no", "nb", "nn", "sv"})
# The library does not know Somali; these words are in nearly every Somali sentence, and in no Danish one.
SOMALI = re.compile(
    r"(?:waxaan|waxay|maxaa|caawimaad|caawi|fadlan|hadashaa|rabaa|baahanahay|dacwo|degmada|ilmaha|iyo|ayaa|ku|waa"
    r"|mahadsanid|sidee)",
    re.IGNORECASE,
)
LEAST_WORDS = 3
# As a difference of log-probabilities: a short Danish sentence with typos stays well below.
SURE = 8.0


@cache
def _identifier() -> Any:
    from py3langid import langid

    whole = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE)
    whole.set_languages([lang for lang in KNOWN if lang in whole.nb_classes])
    # Made anew from our languages alone: the whole one would keep a hundred others in memory.
    return langid.LanguageIdentifier(
        whole.nb_ptc, whole.nb_pc, whole.nb_classes, _on_disk(whole.tk_nextmove), whole.tk_output,
        tk_row=whole.tk_row,
    )  # fmt: skip


def _on_disk(numbers: array[int]) -> memoryview[int]:
    """The same numbers, read from a file that nobody else sees: 40 MB, of which our languages touch little."""
    with tempfile.TemporaryFile() as file:
        numbers.tofile(file)
        file.flush()
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    kind: Any = numbers.typecode
    return memoryview(mapped).cast(kind)


def language_scores(text: str) -> dict[str, float]:
    """How likely a text is in each of the languages we tell apart, as logarithms of probabilities."""
    return dict(_identifier().rank(text))


def foreign_language(text: str) -> str | None:
    """The ISO code of the language, when it is surely neither Danish nor English nor their neighbours."""
    for code, letters in SCRIPTS:
        if letters.search(text):
            return code
    words = re.findall(r"[^\W\d_]+", text)
    if len({word.lower() for word in words if SOMALI.fullmatch(word)}) >= 2:
        return "so"
    if len(words) < LEAST_WORDS:
        return None
    ranked = language_scores(text)
    best = max(ranked, key=ranked.__getitem__)
    nearest_ours = max(score for lang, score in ranked.items() if lang in OURS)
    return best if best not in OURS and ranked[best] - nearest_ours >= SURE else None

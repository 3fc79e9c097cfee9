"""The example questions of the knowledge articles, as examples of what a question looks like.

Some of them only tell what happened ('they never answer'). To the bot those are matters of
their own, and they are left out.

Whatever the articles can answer is a question to the bot: so a subject that is added to the
articles is understood as a question without anybody adding it to the bot's own data.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Dict, Iterator, List

from ruamel.yaml import YAML

from bot.components.folding import words
from bot.environment import REPOSITORY

ARTICLES = REPOSITORY / "knowledge" / "articles"
INTENT = "ask_question"

# Their questions are those of somebody the bot must warn first, send to a person, help to read
# a letter, or thank.
LEFT_OUT = ("kontakt-borgerraadgiveren", "whistleblower", "forstaa-en-afgoerelse", "ris-og-ros")

# Wanting to complain is an intent of its own; folded, the beginnings of its words.
COMPLAINING = ("klag", "paaklag", "anke", "complain", "appeal")

# How a question begins, folded; what begins otherwise tells something.
ASKING = re.compile(
    r"(hva|hvor|hvem|hvilk|(kan|maa|skal|er|har|gaelder|findes|faar|koster|tager|bliver|taeller"
    r"|betyder|what|how|who|when|where|which|why|can|may|must|do|does|is|are|am|will|should|have"
    r"|has)\b)"
)


def article_questions(folder: Path = ARTICLES) -> List[str]:
    """All example questions that are plain questions, each once and always in the same order."""
    asked: Dict[str, None] = {}
    for path in sorted(folder.glob("*/*.md")):
        meta = front_matter(path)
        if meta.get("slug") not in LEFT_OUT:
            asked.update(dict.fromkeys(_plain(meta.get("questions") or [])))
    return list(asked)


def front_matter(path: Path) -> Dict[str, Any]:
    """What stands between the first two lines of dashes; nothing where there is no such part."""
    parts = path.read_text(encoding="utf-8").split("\n---", 1)
    if len(parts) < 2 or not parts[0].startswith("---"):
        return {}
    meta = YAML(typ="safe").load(parts[0][3:])
    return dict(meta) if isinstance(meta, dict) else {}


def as_training_data(questions: List[str]) -> Dict[str, Any]:
    """The questions in Rasa's training format."""
    examples = "".join(f"- {' '.join(question.split())}\n" for question in questions)
    return {"version": "3.1", "nlu": [{"intent": INTENT, "examples": examples}]}


def _plain(questions: List[Any]) -> Iterator[str]:
    for question in questions:
        folded = [word.text for word in words(str(question))]
        asks = ASKING.match(" ".join(folded))
        if asks and not any(word.startswith(COMPLAINING) for word in folded):
            # Rasa reads brackets and braces in an example as marks of entities.
            yield str(question).translate(str.maketrans("", "", "[]{}"))

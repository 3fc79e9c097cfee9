"""The example questions of the knowledge articles, as examples of what a question looks like.

Whatever the articles can answer is a question to the bot: so a subject that is added to the
articles is understood as a question without anybody adding it to the bot's own data.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, Iterator, List

from ruamel.yaml import YAML

from bot.components.folding import words
from bot.environment import REPOSITORY

ARTICLES = REPOSITORY / "knowledge" / "articles"
INTENT = "ask_question"

# Their questions are those of somebody the bot must warn first, or send to a person.
LEFT_OUT = ("kontakt-borgerraadgiveren", "whistleblower")

# Wanting to complain is an intent of its own; folded, the beginnings of its words.
COMPLAINING = ("klag", "paaklag", "anke", "complain", "appeal")


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
        if folded and not any(word.startswith(COMPLAINING) for word in folded):
            # Rasa reads brackets and braces in an example as marks of entities.
            yield str(question).translate(str.maketrans("", "", "[]{}"))

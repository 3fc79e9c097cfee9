"""Prints how well the classifier does on its own examples, held out in turn: `python -m bot.cross_validation`.

Says how well the examples hold together, not how well people are understood: many of them were written
to be hard, and the same hands wrote both sides.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Dict, Iterator, List, Sequence, Tuple

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bot import environment

FOLDS = 5
SHOWN = 25
URGENT = "acute_"


def examples() -> List[Tuple[str, str]]:
    """All examples the bot is trained on, each with its intent; the articles' questions too."""
    from ruamel.yaml import YAML

    from bot.article_questions import INTENT, article_questions

    found: Dict[str, str] = {}
    for path in sorted((environment.BOT / "data" / "nlu").glob("*/*.yml")):
        for item in YAML(typ="safe").load(path.read_text(encoding="utf-8"))["nlu"]:
            for line in item["examples"].splitlines():
                found[line.removeprefix("- ").strip()] = item["intent"]
    for question in article_questions():
        found.setdefault(question, INTENT)
    return list(found.items())


def pipeline_settings() -> Dict[str, Any]:
    """The classifier's settings, as the bot is configured."""
    from ruamel.yaml import YAML

    config = YAML(typ="safe").load((environment.BOT / "config.yml").read_text(encoding="utf-8"))
    own = next(
        part for part in config["pipeline"] if part["name"].endswith("TfidfIntentClassifier")
    )
    return {key: value for key, value in own.items() if key != "name"}


class _Folder:
    """Rasa's model storage, as far as the classifier uses it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def write_to(self, resource: Any) -> Iterator[Path]:
        yield self.folder

    read_from = write_to


def main() -> None:
    """Trains once for each part that is held out, and reports F1 and confusions over all of them."""
    environment.prepare()
    from sklearn.model_selection import StratifiedKFold

    pairs = examples()
    texts, intents = [text for text, _ in pairs], [intent for _, intent in pairs]
    found = [""] * len(texts)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    for number, (taught, held_out) in enumerate(folds.split(texts, intents), start=1):
        sys.stderr.write(f"cross-validation: part {number} of {FOLDS}\n")
        for i, intent in zip(
            held_out, judged([pairs[i] for i in taught], texts, held_out), strict=True
        ):
            found[i] = intent
    sys.stdout.write(report(intents, found))


def judged(taught: List[Tuple[str, str]], texts: List[str], held_out: Sequence[int]) -> List[str]:
    """What a classifier that was taught one part takes the texts of the other for."""
    from rasa.engine.storage.resource import Resource
    from rasa.shared.nlu.training_data.message import Message
    from rasa.shared.nlu.training_data.training_data import TrainingData

    from bot.components.tfidf_classifier import TfidfIntentClassifier

    settings = {**TfidfIntentClassifier.get_default_config(), **pipeline_settings()}
    with tempfile.TemporaryDirectory() as folder:
        storage: Any = _Folder(Path(folder))
        classifier = TfidfIntentClassifier(settings, storage, Resource("held-out"))
        messages = [Message(data={"text": text, "intent": intent}) for text, intent in taught]
        classifier.train(TrainingData(training_examples=messages))
        return [str(classifier.rank(texts[i])[0]["name"]) for i in held_out]


def report(meant: List[str], found: List[str]) -> str:
    """The figures over all parts, the weakest intents, and what is most often taken for what."""
    from sklearn.metrics import accuracy_score, f1_score

    labels = sorted(set(meant))
    by_intent = dict(zip(labels, f1_score(meant, found, labels=labels, average=None), strict=True))
    urgent = [f for m, f in zip(meant, found, strict=True) if m.startswith(URGENT)]
    calm = [f for m, f in zip(meant, found, strict=True) if not m.startswith(URGENT)]
    wrong = Counter((m, f) for m, f in zip(meant, found, strict=True) if m != f)
    lines = [
        f"cross-validation over {len(meant)} examples, {FOLDS} parts:"
        f" accuracy {accuracy_score(meant, found):.3f},"
        f" macro F1 {sum(by_intent.values()) / len(by_intent):.3f},"
        f" weighted F1 {f1_score(meant, found, average='weighted'):.3f}",
        f"calls for help met: {share_urgent(urgent):.3f} of {len(urgent)};"
        f" calm examples taken for one: {share_urgent(calm):.3f} of {len(calm)}",
        "F1 by intent, the weakest first",
        *(f"  {f1:.2f}  {intent}" for intent, f1 in sorted(by_intent.items(), key=lambda x: x[1])),
        "taken for another (times, meant, taken for)",
        *(f"{n:6}  {m} > {f}" for (m, f), n in wrong.most_common(SHOWN)),
    ]
    return "\n".join(lines) + "\n"


def share_urgent(found: List[str]) -> float:
    """The share that is met as a call for help."""
    return sum(intent.startswith(URGENT) for intent in found) / len(found)


if __name__ == "__main__":
    main()

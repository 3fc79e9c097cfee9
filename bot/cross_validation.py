"""Prints how well the classifier does on its own examples, held out in turn: `python -m bot.cross_validation`.

Says how well the examples hold together, not how well people are understood: the same hand wrote both sides.
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bot import environment

FOLDS = 5


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
    """Trains once for each part that is held out, and reports accuracy and F1 over all of them."""
    environment.prepare()
    from rasa.engine.storage.resource import Resource
    from rasa.shared.nlu.training_data.message import Message
    from rasa.shared.nlu.training_data.training_data import TrainingData
    from sklearn.metrics import accuracy_score, f1_score
    from sklearn.model_selection import StratifiedKFold

    from bot.components.tfidf_classifier import TfidfIntentClassifier

    pairs = examples()
    texts, intents = [text for text, _ in pairs], [intent for _, intent in pairs]
    settings = {**TfidfIntentClassifier.get_default_config(), **pipeline_settings()}
    found = [""] * len(texts)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    with tempfile.TemporaryDirectory() as folder:
        for taught, held_out in folds.split(texts, intents):
            storage: Any = _Folder(Path(folder))
            classifier = TfidfIntentClassifier(settings, storage, Resource("held-out"))
            messages = [Message(data={"text": texts[i], "intent": intents[i]}) for i in taught]
            classifier.train(TrainingData(training_examples=messages))
            for i in held_out:
                found[i] = str(classifier.rank(texts[i])[0]["name"])
    urgent = [i for i, intent in enumerate(intents) if intent.startswith("acute_")]
    met = sum(found[i].startswith("acute_") for i in urgent) / len(urgent)
    sys.stdout.write(
        f"cross-validation over {len(texts)} examples, {FOLDS} parts:"
        f" accuracy {accuracy_score(intents, found):.3f},"
        f" macro F1 {f1_score(intents, found, average='macro'):.3f},"
        f" weighted F1 {f1_score(intents, found, average='weighted'):.3f},"
        f" calls for help met {met:.3f} of {len(urgent)}\n"
    )


if __name__ == "__main__":
    main()

"""Validates the bot's domain and data with Rasa's own validator: `python -m bot.check`.

It runs `rasa data validate` and is stricter in one way: whatever Rasa only warns about is a
fault here, except the few things that are meant.
"""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bot import environment

MEANT = (
    # Actions say these; a test of ours holds responses, rules and actions together.
    re.compile(r"The utterance '\w+' is not used in any story or rule"),
    # Rasa says this of every project.
    re.compile(r"Slot auto-fill has been removed in 3\.0"),
)


def main() -> None:
    """Ends with status 1 and the faults, or with 0."""
    environment.prepare()
    sys.path.insert(0, str(environment.REPOSITORY))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        status = validate()
    faults = faults_among([str(w.message) for w in caught if w.category is UserWarning])
    sys.stderr.write("".join(f"{fault}\n" for fault in faults))
    raise SystemExit(1 if faults else status)


def validate() -> int:
    """Runs Rasa's command; returns its exit status."""
    from rasa.__main__ import main as rasa_main

    sys.argv = [
        "rasa", "data", "validate",
        "--domain", str(environment.BOT / "domain"),
        "--config", str(environment.BOT / "config.yml"),
        "--data", str(environment.BOT / "data"),
    ]  # fmt: skip
    try:
        rasa_main()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return 0


def faults_among(messages: Sequence[str]) -> list[str]:
    """The warnings that are not meant, each once."""
    return sorted({text for text in messages if not any(sign.search(text) for sign in MEANT)})


if __name__ == "__main__":
    main()

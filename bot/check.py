"""Validates the bot's domain and data with Rasa's own validator: `python -m bot.check`."""

from __future__ import annotations

import sys
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bot import environment


def main() -> None:
    """Runs `rasa data validate` in the prepared environment and takes over its exit status."""
    environment.prepare()
    sys.path.insert(0, str(environment.REPOSITORY))
    from rasa.__main__ import main as rasa_main

    sys.argv = [
        "rasa", "data", "validate",
        "--domain", str(environment.BOT / "domain"),
        "--config", str(environment.BOT / "config.yml"),
        "--data", str(environment.BOT / "data"),
    ]  # fmt: skip
    rasa_main()


if __name__ == "__main__":
    main()

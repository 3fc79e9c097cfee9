"""Trains the bot: `python -m bot.train [--out FILE]`, in seconds and always with the same result."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
import time
import warnings
from collections.abc import Sequence
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bot import environment


def main() -> None:
    """Trains and puts the model in place in one step, so that none is ever half written."""
    parser = argparse.ArgumentParser(description="Trains the bot.")
    parser.add_argument("--out", type=Path, default=environment.default_model())
    out = parser.parse_args().out.resolve()
    out.parent.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    say("training the bot: loading Rasa")
    environment.prepare()
    train(out)
    say(f"training the bot: done in {time.monotonic() - started:.0f} s, {out}")


def train(out: Path) -> None:
    """Trains on bot/data and bot/domain."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        import rasa.model_training

        from bot import logs

        logs.configure(logging.ERROR)
        say("training the bot: learning from the examples")
        with tempfile.TemporaryDirectory(dir=out.parent) as folder:
            result = rasa.model_training.train(
                domain=str(environment.BOT / "domain"),
                config=str(environment.BOT / "config.yml"),
                training_files=[str(environment.BOT / "data")],
                output=folder,
                fixed_model_name="bot",
                force_training=True,
            )
            faults = faults_among([str(w.message) for w in caught])
            if faults or result.code != 0 or not result.model:
                raise SystemExit("\n".join(["the bot was not trained:", *faults]))
            os.replace(result.model, out)


def faults_among(messages: Sequence[str]) -> list[str]:
    """The warnings that would leave a bot with holes.

    Rasa only warns about a domain file it cannot read or a response that is defined twice,
    and then trains a bot without them.
    """
    signs = ("could not be loaded", "not part of the domain", "not listed in the domain",
             "is not in the domain", "Duplicate", "duplicate", "not found in the")  # fmt: skip
    return sorted({text for text in messages if any(sign in text for sign in signs)})


def say(line: str) -> None:
    """Shows one line of progress."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main()

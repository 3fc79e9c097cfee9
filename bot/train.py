"""Trains the bot: `python -m bot.train [--out FILE]`, in about a minute and always with the same result."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
import time
import warnings
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bot import environment, lean_imports
from bot.check import faults_among


def main() -> None:
    """Trains and puts the model in place in one step, so that none is ever half written."""
    parser = argparse.ArgumentParser(description="Trains the bot.")
    parser.add_argument("--out", type=Path, default=environment.default_model())
    out = parser.parse_args().out.resolve()
    out.parent.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    say("training the bot: loading Rasa")
    environment.prepare()
    lean_imports.install(learns=True)
    train(out)
    say(f"training the bot: done in {time.monotonic() - started:.0f} s, {out}")


def train(out: Path) -> None:
    """Trains on bot/data, bot/domain and the questions of the articles."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        import rasa.model_training
        import rasa.shared.utils.io

        from bot import logs
        from bot.article_questions import article_questions, as_training_data

        logs.configure(logging.ERROR)
        say("training the bot: learning from the examples")
        # Rasa praises itself on stdout with a path that is gone a moment later.
        with tempfile.TemporaryDirectory(dir=out.parent) as folder, redirect_stdout(StringIO()):
            questions = Path(folder) / "article_questions.yml"
            asked = as_training_data(article_questions())
            rasa.shared.utils.io.write_yaml(asked, questions)
            result = rasa.model_training.train(
                domain=str(environment.BOT / "domain"),
                config=str(environment.BOT / "config.yml"),
                training_files=[str(environment.BOT / "data"), str(questions)],
                output=folder,
                fixed_model_name="bot",
                force_training=True,
            )
            faults = faults_among([str(w.message) for w in caught if w.category is UserWarning])
            # Rasa only warns about a domain file it cannot read, and trains a bot without it.
            if faults or result.code != 0 or not result.model:
                raise SystemExit("\n".join(["the bot was not trained:", *faults]))
            os.replace(result.model, out)


def say(line: str) -> None:
    """Shows one line of progress."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main()

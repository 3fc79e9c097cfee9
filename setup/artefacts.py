"""Builds what the product makes from its own texts: the search index and the bot's model."""

from __future__ import annotations

import os

from setup.paths import APP_ENV, BOT_ENV, LOCKS, ROOT, python_of, var
from setup.steps import fingerprint, once, run, stamp_file

# Libraries that would like to write into a home folder or call home are told not to.
QUIET = {
    "TOKENIZERS_PARALLELISM": "false",
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "-1",
    "PYTHONWARNINGS": "ignore",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
}

OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}


def home_inside() -> dict[str, str]:
    """Sends the caches of libraries into the var folder, so that nothing is written outside the checkout."""
    cache = var() / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    # A model that the settings name may have to be fetched once; the one we ship never needs a hub.
    hub = {} if os.environ.get("STAFET_EMBEDDING_MODEL") else OFFLINE
    return {
        **QUIET,
        **hub,
        "XDG_CACHE_HOME": str(cache),
        "XDG_CONFIG_HOME": str(cache / "config"),
        "MPLCONFIGDIR": str(cache / "matplotlib"),
        "HF_HOME": str(cache / "huggingface"),
        "TORCH_HOME": str(cache / "torch"),
    }


def build_index() -> bool:
    """The search index over the articles; returns whether anything was done."""
    knowledge = ROOT / "knowledge"
    parts = ("articles", "glossary", "models", "organisation_data", "rules/areas", "search", "text")
    mark = fingerprint(
        [*(knowledge / name for name in parts), *sorted(knowledge.glob("*.*")), LOCKS / "app.txt"],
        os.environ.get("STAFET_EMBEDDING_MODEL", ""), os.environ.get("STAFET_MUNICIPALITY", ""),
    )  # fmt: skip
    return once(mark, stamp_file("index"), var() / "index", lambda: run(
        "Building the search index",
        [python_of(APP_ENV), "-m", "api.cli", "knowledge", "build"],
        log="index", env=home_inside(), advice="Mend what the message names, then run the command again.",
    ))  # fmt: skip


def train_bot() -> bool:
    """The bot's model; returns whether anything was done."""
    bot = ROOT / "bot"
    names = (
        "config.yml",
        "domain",
        "data",
        "components",
        "train.py",
        "environment.py",
        "article_questions.py",
    )
    # The articles' own questions are among what the bot learns from.
    parts = [*(bot / name for name in names), ROOT / "knowledge" / "articles"]
    mark = fingerprint([*parts, LOCKS / "bot.txt"])
    model = var() / "models" / "bot.tar.gz"
    return once(mark, stamp_file("bot-model"), model, lambda: run(
        "Training the bot",
        [python_of(BOT_ENV), "-m", "bot.train", "--out", model],
        log="bot-model", env=home_inside(), advice="Mend what the message names, then run the command again.",
    ))  # fmt: skip

"""The trained bot and the running bot, shared by the tests that need them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.actions.fakes import fake_ports
from tests.bot.serving import ServedBot, served, trained_model


@pytest.fixture(scope="session")
def model() -> Path:
    """The bot trained on the files as they are now."""
    return trained_model()


@pytest.fixture(scope="session")
def bot(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedBot]:
    """The bot, answering with actions over made-up ports."""
    with served(model, fake_ports(), tmp_path_factory.mktemp("bot") / "var") as running:
        yield running

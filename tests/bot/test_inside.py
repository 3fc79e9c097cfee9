"""Runs what can only run in the bot's own environment: its unit tests and Rasa's validation."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bot.serving import run_bot

# Seconds; importing Rasa takes ten of them on a slow machine.
pytestmark = pytest.mark.timeout(300)


def test_the_bots_own_unit_tests_pass(tmp_path: Path) -> None:
    done = run_bot(
        "-W", "ignore", "-m", "unittest", "discover",
        "-s", "tests/bot/inside", "-t", ".", "-p", "inside_*.py", var=tmp_path,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert "Ran 0 tests" not in done.stderr


def test_what_is_foreseen_is_what_the_trained_policies_say(model: Path, tmp_path: Path) -> None:
    done = run_bot(
        "-W", "ignore", "-m", "unittest", "tests.bot.inside.same_predictions",
        var=tmp_path, STAFET_TEST_MODEL=str(model),
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert "Ran 0 tests" not in done.stderr


def test_rasa_finds_nothing_wrong_with_domain_and_data(tmp_path: Path) -> None:
    done = run_bot("-m", "bot.check", var=tmp_path)

    assert done.returncode == 0, done.stderr


def test_serving_without_its_secrets_says_what_is_missing(tmp_path: Path) -> None:
    done = run_bot("-m", "bot.serve", var=tmp_path)

    assert done.returncode == 2
    assert "STAFET_RASA_TOKEN, STAFET_PORT, STAFET_ACTION_SECRET" in done.stderr


def test_serving_without_a_model_says_how_to_train_one(tmp_path: Path) -> None:
    done = run_bot(
        "-m", "bot.serve", "--model", str(tmp_path / "none.tar.gz"), var=tmp_path,
        STAFET_RASA_TOKEN="t", STAFET_PORT="1", STAFET_ACTION_SECRET="s",
    )  # fmt: skip

    assert done.returncode == 2
    assert "bot.train" in done.stderr

"""Prints how well the bot understands what it was not taught: `python -m tests.bot.evaluate [--misses]`.

Needs both environments. The misses of the final half are never shown: whoever reads them one by one tunes on them.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from tests.actions.fakes import fake_ports
from tests.bot import measure
from tests.bot.measure import Heard
from tests.bot.serving import served, trained_model
from tests.bot.sets import LANGUAGES, SETS, Utterance, calm, dangers, utterances

Understand = Callable[[str], str]
SHOWN = 25


def main() -> None:
    """Measures all sets with the bot trained on the files as they are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", action="store_true", help="list those of the tune half too")
    misses = parser.parse_args().misses
    with (
        tempfile.TemporaryDirectory() as folder,
        served(trained_model(), fake_ports(), Path(folder) / "var") as bot,
    ):
        sys.stdout.write(report(lambda text: str(bot.intent(text)["intent"]["name"]), misses))


def report(understand: Understand, misses: bool = False) -> str:
    """All figures as text."""
    parts = [danger_report(understand, misses)]
    for name in SETS:
        by_language = {lang: hear(understand, utterances(name, lang)) for lang in LANGUAGES}
        parts.append(set_report(name, by_language))
        if misses and name == "tune":
            parts.append(listed(h for heard in by_language.values() for h in heard))
    return "\n\n".join(parts) + "\n"


def hear(understand: Understand, said: Iterable[Utterance]) -> list[Heard]:
    """What the bot takes each utterance for."""
    return [Heard(utterance, understand(utterance.text)) for utterance in said]


def set_report(name: str, by_language: dict[str, list[Heard]]) -> str:
    """Accuracy and F1 of one set, its intents, and what is taken for what."""
    heard = [h for part in by_language.values() for h in part]
    lines = [
        f"{name}: {len(heard)} utterances",
        f"{'':12}number  accuracy    met  macro F1  weighted F1",
    ]
    for label, part in [*by_language.items(), ("both", heard)]:
        shares = f"{measure.accuracy(part):8.3f}  {measure.met(part):.3f}"
        means = f"{measure.macro_f1(part):8.3f}  {measure.weighted_f1(part):11.3f}"
        lines.append(f"{label:12}{len(part):6}  {shares}  {means}")
    lines.append(f"{'intent':18}number  precision  recall     F1")
    for intent, (precision, recall, f1, number) in measure.scores(heard).items():
        lines.append(f"{intent:18}{number:6}  {precision:9.2f}  {recall:6.2f}  {f1:5.2f}")
    lines.append("taken for another (times, meant, taken for)")
    lines += [f"{n:4}  {meant} > {found}" for n, meant, found in measure.confusion(heard)[:SHOWN]]
    return "\n".join(lines)


def danger_report(understand: Understand, misses: bool) -> str:
    """How many calls for help are met, and how many calm sentences are met as one."""
    lines = ["danger: share met as a call for help, and by kind"]
    missed: list[Heard] = []
    for lang in LANGUAGES:
        heard = hear(understand, dangers(lang))
        alarms = hear(understand, calm(lang))
        lines.append(
            f"{lang}: {measure.share_met(heard):.3f} of {len(heard)} met,"
            f" {measure.accuracy(heard):.3f} as the right kind;"
            f" {measure.share_met(alarms):.3f} of {len(alarms)} calm sentences taken for danger"
        )
        for kind in sorted({h.utterance.intent for h in heard}):
            part = [h for h in heard if h.utterance.intent == kind]
            lines.append(f"    {kind:16}{measure.share_met(part):.3f} of {len(part)}")
        missed += [h for h in heard if not measure.is_urgent(h)]
        missed += [h for h in alarms if measure.is_urgent(h) and not h.utterance.also]
    return "\n".join(lines) + ("\n" + listed(missed) if misses else "")


def listed(heard: Iterable[Heard]) -> str:
    """Those that were misread, a line each."""
    wrong: Sequence[Heard] = [h for h in heard if h.read_as != h.utterance.intent]
    return "\n".join(f"  {h.utterance.place}: {h.found}: {h.utterance.text}" for h in wrong)


if __name__ == "__main__":
    main()

"""Measures one turn through the whole walk, beside one turn of a `rasa init` bot, in the same run on the same machine.

    .venv/bin/python -m benchmarks.turns [--turns 60] [--seconds 10] [--json FILE]

Turns alternate between the two, so that whatever else the machine does hits both. Ours goes over the application's
HTTP interface with the database, the actions and the search; the baseline is asked directly at Rasa's own.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from benchmarks.processes import (
    BenchmarkError,
    cpu_seconds,
    family,
    free_port,
    memory_mib,
    name_of,
    started,
    wait_for,
)
from benchmarks.vanilla.project import ensure_project, environment
from setup.paths import APP_ENV, BOT_ENV, ROOT, python_of, var
from setup.steps import SetupError

START_SECONDS = 180.0
# What people do in one conversation, in this order: greet, tell of a matter, ask in between, correct, answer, thank.
KINDS = ("greeting", "matter", "question", "correction", "answer", "thanks")
CONVERSATION = len(KINDS)
OURS: Mapping[str, Sequence[str]] = {
    "greeting": ("hej", "goddag"),
    "matter": (
        "Jeg fik afslag på kontanthjælp i sidste uge",
        "Min søn har ikke fået støtte i skolen, selvom jeg klagede i september",
        "De svarer ikke på min ansøgning om boligstøtte",
    ),
    "question": (
        "Hvor lang tid må kommunen bruge på min sag?",
        "Kan jeg få en tolk med til mødet?",
        "Hvordan klager jeg over en afgørelse?",
        "Må min nabo tage med som bisidder?",
        "Hvad er aktindsigt?",
    ),
    "correction": ("nej vent, det var for to uger siden", "nej, det var i marts"),
    "answer": ("ja", "nej", "det ved jeg ikke"),
    "thanks": ("tak", "tak for hjælpen"),
}
# What a `rasa init` bot was trained on; it has no search and no form, so its longest answers stand for those.
VANILLA: Mapping[str, Sequence[str]] = {
    "greeting": ("hello", "good morning"),
    "matter": ("I am very sad", "I feel terrible today"),
    "question": ("are you a bot?", "am I talking to a human?"),
    "correction": ("no", "not really"),
    "answer": ("yes", "no"),
    "thanks": ("perfect", "I am feeling great"),
}
Talk = Callable[[str], None]


@dataclass
class Subject:
    """One of the two that are compared: how to open a conversation with it, and what was measured."""

    name: str
    texts: Mapping[str, Sequence[str]]
    open: Callable[[httpx.Client], Talk]
    pid: int
    url: str
    seconds: dict[str, list[float]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    cpu: float = 0.0
    turns: int = 0
    rates: dict[int, list[float]] = field(default_factory=dict)
    per_cpu_second: dict[int, list[float]] = field(default_factory=dict)

    def text(self, kind: str, number: int) -> str:
        """The words of one turn."""
        choice = self.texts[kind]
        return choice[number % len(choice)]


def main(arguments: Sequence[str]) -> int:
    """Measures and prints; returns the exit status."""
    parser = argparse.ArgumentParser(description="Measures turns beside a `rasa init` bot.")
    parser.add_argument("--turns", type=int, default=60, help="turns of each kind, one by one")
    parser.add_argument("--seconds", type=float, default=10, help="length of each load block")
    parser.add_argument("--blocks", type=int, default=3, help="load blocks of each, alternating")
    parser.add_argument("--json", type=Path, help="file for the numbers")
    wanted = parser.parse_args(arguments)
    try:
        with both() as subjects:
            one_by_one(subjects, wanted.turns)
            for people in (1, 8):
                for block in range(wanted.blocks):
                    for subject in subjects:
                        rate, per_cpu = under_load(subject, people, wanted.seconds)
                        subject.rates.setdefault(people, []).append(rate)
                        subject.per_cpu_second.setdefault(people, []).append(per_cpu)
                        say(f"{people} at once, block {block + 1}, {subject.name}: {rate:.1f}/s")
            numbers = report(subjects)
    except (BenchmarkError, SetupError) as error:
        say(str(error))
        return 1
    if wanted.json:
        wanted.json.write_text(json.dumps(numbers, indent=2, ensure_ascii=False), encoding="utf-8")
    return 0


@contextlib.contextmanager
def both() -> Iterator[list[Subject]]:
    """The running product and the running baseline."""
    project = ensure_project()
    with tempfile.TemporaryDirectory(dir=ensure(var() / "benchmarks")) as scratch:
        folder = Path(scratch)
        with ours(folder / "ours") as first, vanilla(project, folder / "vanilla.log") as second:
            yield [first, second]


@contextlib.contextmanager
def ours(folder: Path, **more: str) -> Iterator[Subject]:
    """The product with a database of its own, over the index and the model that are built; `more` are settings."""
    index, model = var() / "index", var() / "models" / "bot.tar.gz"
    if not (index / "current").exists() or not model.exists():
        raise BenchmarkError("The index or the bot's model is not built: run `make ready` first.")
    shutil.copytree(index, folder / "index")
    shutil.copy2(model, ensure(folder / "models") / model.name)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    env = {
        **{name: value for name, value in os.environ.items() if not name.startswith("STAFET_")},
        "STAFET_VAR": str(folder),
        "STAFET_PORT": str(port),
        "STAFET_RASA_PORT": str(free_port()),
        **more,
    }
    log = folder / "supervisor.log"
    command: list[str | Path] = [python_of(APP_ENV), "-m", "api.cli", "up"]
    with started(command, log=log, env=env, cwd=ROOT) as process:
        say("Starting the product ...")
        took = wait_for(lambda: is_up(f"{url}/readyz"), process, log, START_SECONDS)
        say(f"  ready after {took:.1f} s")

        def open_conversation(http: httpx.Client) -> Talk:
            opened = http.post(f"{url}/api/v1/chat/sessions", json={}).raise_for_status().json()
            headers = {"Authorization": f"Bearer {opened['token']}"}
            address = f"{url}/api/v1/chat/sessions/{opened['session']}/messages"

            def talk(text: str) -> None:
                body = {"text": text, "client_id": uuid4().hex}
                answer = http.post(address, json=body, headers=headers).raise_for_status().json()
                if any(message["sender"] != "bot" for message in answer["messages"]):
                    raise BenchmarkError(f"the bot did not answer: {answer}")

            return talk

        yield Subject("Stafet", OURS, open_conversation, process.pid, url)


@contextlib.contextmanager
def vanilla(project: Path, log: Path) -> Iterator[Subject]:
    """The bot of `rasa init`, served as Rasa serves it."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command: list[str | Path] = [
        python_of(BOT_ENV), "-m", "rasa", "run", "--enable-api", "-i", "127.0.0.1", "-p", str(port),
    ]  # fmt: skip
    with started(command, log=log, env=environment(), cwd=project) as process:
        say("Starting the baseline ...")
        took = wait_for(lambda: has_model(f"{url}/status"), process, log, START_SECONDS)
        say(f"  ready after {took:.1f} s")

        def open_conversation(http: httpx.Client) -> Talk:
            sender = uuid4().hex

            def talk(text: str) -> None:
                body = {"sender": sender, "message": text}
                answer = http.post(f"{url}/webhooks/rest/webhook", json=body).raise_for_status()
                # Where its stories end it may say nothing, which is a turn all the same.
                if not isinstance(answer.json(), list):
                    raise BenchmarkError(f"the baseline did not answer {text!r}")

            talk("hello")
            return talk

        yield Subject("rasa init", VANILLA, open_conversation, process.pid, url)


def one_by_one(subjects: Sequence[Subject], turns: int) -> None:
    """Takes turns one at a time, alternating between the subjects, and times each."""
    with httpx.Client(timeout=60, trust_env=False) as http:
        for subject in subjects:
            talk = subject.open(http)
            for kind in KINDS:
                talk(subject.text(kind, 0))
        talks: dict[str, Talk] = {}
        for number in range(turns):
            for position, kind in enumerate(KINDS):
                for subject in subjects:
                    if (number * len(KINDS) + position) % CONVERSATION == 0:
                        talks[subject.name] = subject.open(http)
                    pids = family(subject.pid)
                    before, began = cpu_seconds(pids), time.perf_counter()
                    talks[subject.name](subject.text(kind, number))
                    subject.seconds[kind].append(time.perf_counter() - began)
                    subject.cpu += cpu_seconds(pids) - before
                    subject.turns += 1
            if (number + 1) % 10 == 0 or number + 1 == turns:
                say(f"One by one: {number + 1} of {turns}")


def under_load(subject: Subject, people: int, seconds: float) -> tuple[float, float]:
    """Turns answered a second, and a CPU-second, while so many people talk at once; all kinds in turn."""
    pids = family(subject.pid)
    cpu_before = cpu_seconds(pids)
    stop_at = time.monotonic() + seconds
    done = [0] * people
    failed: list[Exception] = []

    def person(number: int) -> None:
        try:
            with httpx.Client(timeout=60, trust_env=False) as http:
                talk: Talk | None = None
                turn = 0
                while time.monotonic() < stop_at:
                    if talk is None or turn % CONVERSATION == 0:
                        talk = subject.open(http)
                    talk(subject.text(KINDS[turn % len(KINDS)], turn + number))
                    turn += 1
                    done[number] = turn
        except Exception as error:  # told below, where it can stop the measurement
            failed.append(error)

    began = time.monotonic()
    threads = [threading.Thread(target=person, args=(number,)) for number in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise BenchmarkError(f"{subject.name} failed with {people} at once: {failed[0]}")
    turns, took = sum(done), time.monotonic() - began
    return turns / took, turns / (cpu_seconds(pids) - cpu_before)


def report(subjects: Sequence[Subject]) -> dict[str, Any]:
    """Prints the numbers side by side with their ratio, and gives them."""
    first, second = subjects
    rows: list[tuple[str, float, float]] = []
    for kind in KINDS:
        for share in (50, 95):
            one, other = (percentile(s.seconds[kind], share) * 1000 for s in subjects)
            rows.append((f"{kind}, p{share} (ms)", one, other))
    for people in sorted(first.rates):
        one, other = (statistics.median(s.rates[people]) for s in subjects)
        rows.append((f"turns a second, {people} at once", one, other))
        one, other = (statistics.median(s.per_cpu_second[people]) for s in subjects)
        rows.append((f"turns a CPU-second, {people} at once", one, other))
    one, other = (1000 * s.cpu / s.turns for s in subjects)
    rows.append(("CPU a turn, one by one (ms)", one, other))
    memory = {s.name: {name_of(pid): memory_mib(pid) for pid in family(s.pid)} for s in subjects}
    one, other = (sum(memory[s.name].values()) for s in subjects)
    rows.append(("memory, all processes (MiB)", one, other))
    say(f"\n{'':34}{first.name:>12}{second.name:>12}{'ratio':>9}")
    for label, one, other in rows:
        say(f"{label:34}{one:12.1f}{other:12.1f}{one / other:9.2f}")
    for name, parts in memory.items():
        for part, mib in parts.items():
            say(f"memory of {name}: {part:20}{mib:8.0f} MiB")
    return {
        "rows": {label: {first.name: one, second.name: other} for label, one, other in rows},
        "memory": memory,
        "turns": {s.name: s.turns for s in subjects},
        "cores": os.cpu_count(),
    }


def percentile(values: Sequence[float], share: int) -> float:
    """The value below which a share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share / 100 * (len(ordered) - 1)))]


def ensure(folder: Path) -> Path:
    """The folder, made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def is_up(url: str) -> bool:
    """Whether an address answers with 200."""
    try:
        return httpx.get(url, timeout=3, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def has_model(url: str) -> bool:
    """Whether a Rasa server has loaded its model."""
    try:
        status = httpx.get(url, timeout=3, trust_env=False)
        return status.status_code == 200 and bool(status.json().get("model_file"))
    except (httpx.HTTPError, ValueError):
        return False


def say(line: str) -> None:
    """Writes a line at once, so that a long run shows where it is."""
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

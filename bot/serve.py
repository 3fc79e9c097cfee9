"""Starts Rasa on loopback: `python -m bot.serve [--model FILE]`.

Reads STAFET_RASA_PORT, STAFET_RASA_TOKEN, STAFET_PORT, STAFET_ACTION_SECRET, STAFET_RASA_FAST
and STAFET_VAR from the environment, so that no secret stands in the list of processes.
"""

from __future__ import annotations

import argparse
import gc
import logging
import os
import sys
from pathlib import Path
from typing import Any

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bot import environment, lean_imports

# Longer than the application waits, so that the application is always the one to give up.
ANSWER_SECONDS = 30


def main() -> None:
    """Serves the trained model until it is told to stop."""
    parser = argparse.ArgumentParser(description="Serves the trained bot on 127.0.0.1.")
    parser.add_argument("--model", type=Path, default=environment.default_model())
    model = parser.parse_args().model
    missing = missing_settings(os.environ)
    if missing:
        parser.error(f"these must be set: {', '.join(missing)}")
    if not model.is_file():
        parser.error(f"no trained bot at {model}: run `python -m bot.train --out {model}` first")
    environment.prepare()
    serve(model)


def missing_settings(environ: os._Environ[str] | dict[str, str]) -> list[str]:
    """The settings Rasa cannot be served without that are not there."""
    needed = ("STAFET_RASA_TOKEN", "STAFET_PORT", "STAFET_ACTION_SECRET")
    return [name for name in needed if not environ.get(name)]


def serve(model: Path) -> None:
    """Runs Rasa in this process."""
    # What the libraries under Rasa warn about at every start helps nobody who serves it.
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    fast = os.environ.get("STAFET_RASA_FAST", "1").lower() not in ("0", "false", "no", "off")
    if fast:
        lean_imports.install()
    # Only now: several libraries under Rasa read the environment once, at import.
    import rasa.core.run
    from rasa.core.utils import AvailableEndpoints

    from bot import lean, logs, message_facts

    logs.configure(logging.WARNING)
    message_facts.install()
    if fast:
        lean.install()
    rasa.core.run.serve_application(
        str(model),
        interface="127.0.0.1",
        port=int(os.environ.get("STAFET_RASA_PORT", "5005")),
        credentials=str(environment.BOT / "credentials.yml"),
        endpoints=AvailableEndpoints.read_endpoints(str(environment.BOT / "endpoints.yml")),
        enable_api=True,
        auth_token=os.environ["STAFET_RASA_TOKEN"],
        response_timeout=ANSWER_SECONDS,
        server_listeners=[(settle, "after_server_start")] if fast else [],
    )


async def settle(_app: Any, _loop: Any) -> None:
    """Spares the garbage collector what was loaded, since it stays; it would look through all of it time and again."""
    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    main()

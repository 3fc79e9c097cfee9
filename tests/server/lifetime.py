"""A real server in a folder of its own, for as long as the tests of a module need it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeVar


class Server(Protocol):
    """What can be made, started and stopped."""

    def make(self) -> object: ...

    def start(self) -> object: ...

    def stop(self) -> object: ...


S = TypeVar("S", bound=Server)


@contextmanager
def kept_running(kind: Callable[[Path], S], name: str) -> Iterator[S]:
    """The server, made and started; its folder goes when it does."""
    folder = Path(tempfile.mkdtemp(prefix=f"stafet-{name}-"))
    made = kind(folder)
    try:
        made.make()
        made.start()
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder)

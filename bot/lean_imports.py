"""Keeps out of memory what Rasa imports and our bot never uses.

Rasa imports every classifier, policy, channel and store that it comes with, and TensorFlow under them: two thirds of
its memory and of its start. Ours is a small classifier and rules. So the packages that only the others need are
answered with empty stand-ins: they can be imported and named in types and base classes, and using one is an error.
"""

from __future__ import annotations

import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, Iterator, Optional, Sequence, Text, Tuple

# Packages by what in Rasa wants them; a test starts Rasa and finds that it asks for each.
NEVER_USED: Tuple[Text, ...] = (
    # DIET, TED, the response selector, and plots of how they do
    "tensorflow", "keras", "matplotlib",
    # channels to other companies' services
    "aiogram", "fbmessenger", "slack_sdk", "twilio", "webexteamssdk",
    # stores and brokers in other companies' clouds
    "aio_pika", "boto3", "pymongo",
)  # fmt: skip


# What learns; the trained bot only reads.
ONLY_TO_LEARN: Tuple[Text, ...] = ("sklearn", "scipy")


class NotLoaded(RuntimeError):
    """Something wants to use a package that was kept out; it must leave `NEVER_USED`."""


class _Absent(type):
    """The type of everything in a stand-in: names lead to further names, and none can be used."""

    def __getattr__(cls, name: Text) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Absent(name, (), {})

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        # As a decorator of something that is only defined, never run.
        if len(args) == 1 and not kwargs and callable(args[0]):
            return args[0]
        raise NotLoaded(cls.__name__)


class _StandIn(ModuleType):
    """A module in which every name is there and nothing can be used."""

    def __getattr__(self, name: Text) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Absent(name, (), {})


class _Finder(MetaPathFinder, Loader):
    """Answers imports of the packages that are kept out, before anybody looks on the disk."""

    def __init__(self, names: Sequence[Text]) -> None:
        self._names = frozenset(names)

    def find_spec(
        self,
        fullname: Text,
        path: Optional[Sequence[Text]] = None,
        target: Optional[ModuleType] = None,
    ) -> Optional[ModuleSpec]:
        if fullname.partition(".")[0] not in self._names:
            return None
        return ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _StandIn(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing to run."""


def install(learns: bool = False) -> None:
    """Keeps them out from now on; call it before anything of Rasa is imported."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder(NEVER_USED if learns else (*NEVER_USED, *ONLY_TO_LEARN)))


def kept_out() -> Iterator[Text]:
    """The names of the packages that somebody has asked for in vain so far."""
    return (
        name
        for name in (*NEVER_USED, *ONLY_TO_LEARN)
        if isinstance(sys.modules.get(name), _StandIn)
    )

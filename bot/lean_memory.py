"""Keeps what was found out about an object beside it, as long as the object is there."""

from __future__ import annotations

from typing import Any, Callable, Dict, Generic, Tuple, TypeVar
from weakref import ref

Found = TypeVar("Found")


class Beside(Generic[Found]):
    """What a function finds out about an object, asked once for each.

    By the object itself and not by what it equals: Rasa's domain is hashed by writing all of it out.
    """

    def __init__(self, find: Callable[[Any], Found]) -> None:
        """Nothing is known yet."""
        self._find = find
        self._kept: Dict[int, Tuple[Any, Found]] = {}

    def of(self, thing: Any) -> Found:
        """What is known of this object."""
        kept = self._kept.get(id(thing))
        if kept is not None and kept[0]() is thing:
            return kept[1]
        place = id(thing)

        def forget(gone: Any) -> None:
            # Another object may have the place by now.
            if place in self._kept and self._kept[place][0] is gone:
                del self._kept[place]

        found = self._find(thing)
        self._kept[place] = (ref(thing, forget), found)
        return found

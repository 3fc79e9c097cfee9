"""Keeps what citizens write out of Rasa's log.

Rasa logs the text of a message, and on failure every local variable. Here an event keeps its
name, its level and where it happened: enough to find a fault, nothing about a person.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from types import TracebackType
from typing import Any, Dict, MutableMapping, Optional, Tuple, Type, Union

import structlog

ExcInfo = Tuple[Type[BaseException], BaseException, Optional[TracebackType]]

# All that an event may say about itself; anything else might hold a citizen's words.
KEPT = ("event", "level", "filename")


def configure(level: int) -> None:
    """Puts one quiet handler under everything Rasa logs."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(PlaceFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.processors.add_log_level,
            drop_texts,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )


def drop_texts(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Keeps the named fields of an event, and of an exception its type and place."""
    kept = {name: event[name] for name in KEPT if name in event}
    problem = event.get("exc_info")
    if problem:
        kept["exception"] = describe(_current(problem))
    return kept


def describe(problem: Optional[ExcInfo]) -> str:
    """Type and place of an exception, without its message and without variables."""
    if problem is None or problem[0] is None:
        return ""
    frames = traceback.extract_tb(problem[2])[-5:]
    places = " < ".join(f"{frame.filename}:{frame.lineno}" for frame in reversed(frames))
    return f"{problem[0].__name__} at {places}"


class PlaceFormatter(logging.Formatter):
    """One JSON line per record: the message's pattern, never the values filled into it."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line."""
        if record.name.startswith("structlog") or _is_json(record.msg):
            return str(record.msg)
        line: Dict[str, str] = {
            "event": _pattern(record),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        if record.exc_info and record.exc_info[0]:
            line["exception"] = describe(
                (record.exc_info[0], record.exc_info[1], record.exc_info[2])
            )
        return json.dumps(line, ensure_ascii=False)


def _pattern(record: logging.LogRecord) -> str:
    # A ready-made sentence may quote a message, so a warning is named by its place.
    if record.levelno >= logging.WARNING:
        return f"{record.module}:{record.lineno}"
    return str(record.msg)[:200]


def _is_json(message: object) -> bool:
    return isinstance(message, str) and message.startswith('{"') and message.endswith("}")


def _current(problem: Union[bool, BaseException, ExcInfo]) -> Optional[ExcInfo]:
    if isinstance(problem, BaseException):
        return type(problem), problem, problem.__traceback__
    if isinstance(problem, tuple):
        return problem
    found = sys.exc_info()
    return found if found[0] else None

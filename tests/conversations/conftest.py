"""The running system that all conversations are held with."""

from __future__ import annotations

from tests.journeys.conftest import system

__all__ = ["system"]

"""Complaints that were received, and members of staff at their desks, as for the register."""

from __future__ import annotations

from tests.api.register.conftest import desk, file

__all__ = ["desk", "file"]

"""The tables of what is on its way to a case system."""

from __future__ import annotations

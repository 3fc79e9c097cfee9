"""The tables of the hand-off to a person; personal data stands only where a table says so."""

from __future__ import annotations

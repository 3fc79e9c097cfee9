"""The tables of complaints: drafts, notices, what was received and what became of it."""

from __future__ import annotations

"""The tables of the case register."""

from __future__ import annotations

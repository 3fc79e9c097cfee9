"""How a page of this package learns who is signed in; the staff pages above give it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fastapi import Request, Response

from api.auth import Staff


@dataclass(frozen=True, slots=True)
class Door:
    """Who is signed in: for a page, which leads to the sign-in otherwise, and for everything else."""

    page: Callable[[Request], Awaitable[Staff | Response]]
    current: Callable[[Request], Awaitable[Staff]]

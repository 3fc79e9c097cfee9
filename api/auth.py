"""Staff sign-in: local accounts, sessions that can be ended, lock-out on guessing, roles with units, the audit log.

Passwords are hashed with argon2id (RFC 9106, the library's defaults). Cookies and names of those who guess are kept
as hashes. Who saw or did what is written in the same transaction as the act.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.db.engine import Database
from api.db.models import AuditEvent, SignInFailure, StaffAccount, StaffSession
from api.errors import Conflict, Forbidden, InvalidInput, NotFound, TooMany, Unauthorized

TOKEN_BYTES = 32
# NIST SP 800-63B asks for length rather than for kinds of characters.
PASSWORD_LENGTH = 12
# Wrong passwords within the window that lock one account, and one address (which many may share).
ACCOUNT_FAILURES = 5
ADDRESS_FAILURES = 50
FAILURE_WINDOW = timedelta(minutes=15)
# A session's last sign of life is written at most this often, so that reading a page is not a write each time.
SEEN_EVERY = timedelta(minutes=1)

_hasher = PasswordHasher()


class Role(StrEnum):
    """What a member of staff does here; one may have several."""

    LIVE_STAFF = "live_staff"
    CASEWORKER = "caseworker"
    MANAGER = "manager"
    EDITOR = "editor"


@dataclass(frozen=True)
class Staff:
    """The member of staff who is signed in; `csrf` must come back with everything that changes something."""

    id: int
    username: str
    name: str
    roles: frozenset[Role]
    units: frozenset[str]
    csrf: str

    def may(self, *roles: Role) -> bool:
        """Whether one of the roles is held."""
        return bool(self.roles & set(roles))


@dataclass(frozen=True)
class SignedIn:
    """A fresh session: the token goes into the cookie and is stored nowhere else."""

    token: str
    lifetime: timedelta


class StaffDoor:
    """Lets staff in and out."""

    def __init__(self, database: Database, *, lifetime: timedelta, idle: timedelta) -> None:
        self.database = database
        self.lifetime = lifetime
        self.idle = idle

    async def sign_in(self, username: str, password: str, address: str, now: datetime) -> SignedIn:
        """Checks name and password and opens a session.

        Raises:
            TooMany: too many wrong attempts for this account or from this address.
            Unauthorized: the name or the password is wrong; which of them is not told.
        """
        name = username.strip().lower()
        subjects = {
            _hashed(f"account:{name}"): ACCOUNT_FAILURES,
            _hashed(f"address:{address}"): ADDRESS_FAILURES,
        }
        # The attempt is written down before the password is looked at, so that guesses made at once count as well.
        async with self.database.transaction() as tx:
            await _refuse_guessing(tx, subjects, now)
            attempts = [SignInFailure(subject=subject, at=now) for subject in subjects]
            tx.add_all(attempts)
            account = await tx.scalar(select(StaffAccount).where(StaffAccount.username == name))
        stored = account.password_hash if account and account.active else _NOBODY
        if not await asyncio.to_thread(_verify, stored, password) or account is None:
            raise Unauthorized("sign_in_failed")
        token = secrets.token_urlsafe(TOKEN_BYTES)
        async with self.database.transaction() as tx:
            # Only this attempt is struck out: a right password does not wipe out what others guessed.
            ids = [attempt.id for attempt in attempts]
            await tx.execute(delete(SignInFailure).where(SignInFailure.id.in_(ids)))
            tx.add(
                StaffSession(
                    token_hash=_hashed(token), account_id=account.id,
                    csrf=secrets.token_urlsafe(TOKEN_BYTES), created_at=now, last_seen_at=now,
                    expires_at=now + self.lifetime,
                )
            )  # fmt: skip
            audit(tx, actor=name, act="signed_in", kind="staff", subject=str(account.id), now=now)
        return SignedIn(token=token, lifetime=self.lifetime)

    async def who(self, token: str | None, now: datetime) -> Staff:
        """Who holds the cookie.

        Raises:
            Unauthorized: nobody does, or no longer.
        """
        if not token:
            raise Unauthorized()
        async with self.database.reading() as tx:
            session = await tx.get(StaffSession, _hashed(token))
            account = await tx.get(StaffAccount, session.account_id) if session else None
        if session is None or account is None or not account.active:
            raise Unauthorized()
        if session.expires_at <= now or session.last_seen_at + self.idle <= now:
            raise Unauthorized()
        if session.last_seen_at + SEEN_EVERY <= now:
            async with self.database.transaction() as tx:
                seen = await tx.get(StaffSession, session.token_hash)
                if seen:
                    seen.last_seen_at = now
        return Staff(
            id=account.id, username=account.username, name=account.name,
            roles=frozenset(Role(role) for role in account.roles),
            units=frozenset(account.units), csrf=session.csrf,
        )  # fmt: skip

    async def sign_out(self, token: str, staff: Staff, now: datetime) -> None:
        """Ends the session."""
        async with self.database.transaction() as tx:
            await tx.execute(delete(StaffSession).where(StaffSession.token_hash == _hashed(token)))
            audit(
                tx,
                actor=staff.username,
                act="signed_out",
                kind="staff",
                subject=str(staff.id),
                now=now,
            )

    async def change_password(self, staff: Staff, current: str, wanted: str, now: datetime) -> None:
        """Changes one's own password and ends all of one's sessions.

        Raises:
            Unauthorized: the current password is wrong.
            InvalidInput: the new one is too weak.
        """
        require_strong(wanted, staff.username)
        async with self.database.reading() as tx:
            account = await tx.get_one(StaffAccount, staff.id)
        if not await asyncio.to_thread(_verify, account.password_hash, current):
            raise Unauthorized("sign_in_failed")
        hashed = await asyncio.to_thread(_hasher.hash, wanted)
        async with self.database.transaction() as tx:
            await _set_password(tx, staff.id, hashed, now)
            audit(
                tx,
                actor=staff.username,
                act="changed_password",
                kind="staff",
                subject=str(staff.id),
                now=now,
            )

    async def purge(self, now: datetime) -> None:
        """Removes sessions and failures that no longer count."""
        async with self.database.transaction() as tx:
            await tx.execute(delete(StaffSession).where(StaffSession.expires_at <= now))
            await tx.execute(delete(SignInFailure).where(SignInFailure.at <= now - FAILURE_WINDOW))


def require_role(staff: Staff, *roles: Role) -> None:
    """Refuses whoever holds none of the roles.

    Raises:
        Forbidden: none is held.
    """
    if not staff.may(*roles):
        raise Forbidden()


def require_csrf(staff: Staff, given: str | None) -> None:
    """Refuses a change that did not come from one of our own pages.

    Raises:
        Forbidden: the token is missing or another one.
    """
    if not given or not hmac.compare_digest(staff.csrf, given):
        raise Forbidden("csrf")


def require_strong(password: str, username: str) -> None:
    """Refuses a password that is too easy to guess.

    Raises:
        InvalidInput: too short, or it holds the user name.
    """
    if (
        len(password) < PASSWORD_LENGTH
        or username.lower() in password.lower()
        or len(set(password)) < 5
    ):
        raise InvalidInput("password_weak", field="password", length=PASSWORD_LENGTH)


async def create_account(
    database: Database, *, username: str, name: str, password: str, roles: list[Role],
    units: list[str], now: datetime,
) -> int:  # fmt: skip
    """A new account; used by the command, never by a page.

    Raises:
        Conflict: the user name is taken.
        InvalidInput: the password is too weak.
    """
    username = username.strip().lower()
    require_strong(password, username)
    hashed = await asyncio.to_thread(_hasher.hash, password)
    async with database.transaction() as tx:
        if await tx.scalar(select(StaffAccount.id).where(StaffAccount.username == username)):
            raise Conflict("username_taken")
        account = StaffAccount(
            username=username, name=name, password_hash=hashed, roles=[role.value for role in roles],
            units=units, active=True, created_at=now, password_changed_at=now,
        )  # fmt: skip
        tx.add(account)
        await tx.flush()
        audit(tx, actor="command", act="created", kind="staff", subject=str(account.id), now=now,
              roles=account.roles, units=units)  # fmt: skip
        return account.id


async def reset_password(database: Database, username: str, password: str, now: datetime) -> None:
    """A new password for somebody who lost theirs; ends their sessions.

    Raises:
        NotFound: no such account.
    """
    require_strong(password, username)
    hashed = await asyncio.to_thread(_hasher.hash, password)
    async with database.transaction() as tx:
        account = await _account(tx, username)
        await _set_password(tx, account.id, hashed, now)
        audit(
            tx,
            actor="command",
            act="reset_password",
            kind="staff",
            subject=str(account.id),
            now=now,
        )


async def set_active(database: Database, username: str, *, active: bool, now: datetime) -> None:
    """Switches an account off (its sessions end at once) or on again.

    Raises:
        NotFound: no such account.
    """
    async with database.transaction() as tx:
        account = await _account(tx, username)
        account.active = active
        if not active:
            await tx.execute(delete(StaffSession).where(StaffSession.account_id == account.id))
        audit(tx, actor="command", act="enabled" if active else "disabled", kind="staff",
              subject=str(account.id), now=now)  # fmt: skip


async def list_accounts(database: Database) -> list[StaffAccount]:
    """All accounts, by user name."""
    async with database.reading() as tx:
        return list(await tx.scalars(select(StaffAccount).order_by(StaffAccount.username)))


def audit(
    tx: AsyncSession,
    *,
    actor: str,
    act: str,
    kind: str,
    subject: str,
    now: datetime,
    **details: Any,
) -> None:
    """Writes down who did what to which thing, in the transaction that does it."""
    tx.add(
        AuditEvent(
            at=now, actor=actor, act=act, subject_kind=kind, subject_id=subject, details=details
        )
    )


async def _account(tx: AsyncSession, username: str) -> StaffAccount:
    account = await tx.scalar(
        select(StaffAccount).where(StaffAccount.username == username.strip().lower())
    )
    if account is None:
        raise NotFound()
    return account


async def _set_password(tx: AsyncSession, account_id: int, hashed: str, now: datetime) -> None:
    account = await tx.get_one(StaffAccount, account_id)
    account.password_hash, account.password_changed_at = hashed, now
    await tx.execute(delete(StaffSession).where(StaffSession.account_id == account_id))


async def _refuse_guessing(tx: AsyncSession, subjects: dict[str, int], now: datetime) -> None:
    since = now - FAILURE_WINDOW
    for subject, limit in subjects.items():
        count, first = (
            await tx.execute(
                select(func.count(), func.min(SignInFailure.at)).where(
                    SignInFailure.subject == subject, SignInFailure.at > since
                )
            )
        ).one()
        if count >= limit:
            wait = max(60, int((first + FAILURE_WINDOW - now).total_seconds()))
            raise TooMany("locked_out", minutes=-(-wait // 60), headers={"Retry-After": str(wait)})


def _verify(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except (Argon2Error, InvalidHashError):
        return False


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


# Checked for a name that does not exist, so that the answer takes as long as for one that does.
_NOBODY = (
    "$argon2id$v=19$m=65536,t=3,p=4$c3RhZmV0LW5vYm9keS0xMg$"
    "0000000000000000000000000000000000000000000"
)

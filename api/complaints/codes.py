"""References and follow-up codes: what a citizen holds in the hand, and what is kept of it."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import datetime

from api.clock import DENMARK

# Crockford's base 32: without I, L, O and U, which are misread or misheard.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
REFERENCE_LENGTH = 8
# 20 letters of 5 bits are 100 bits; the contract asks for at least 80.
CODE_LENGTH = 20
GROUP = 5
_MISREAD = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V"})


def new_reference(now: datetime) -> str:
    """A number for the receipt: the year, and letters that say nothing about anybody."""
    year = now.astimezone(DENMARK).year
    return f"KLG-{year}-{_letters(REFERENCE_LENGTH)}"


def new_code() -> str:
    """A follow-up code, in groups that can be read aloud."""
    return _grouped(_letters(CODE_LENGTH))


def read_reference(text: str) -> str:
    """The reference as it is stored, however it was typed."""
    plain = re.sub(r"[^0-9A-Z]", "", text.upper())
    if not plain.startswith("KLG"):
        return plain[:40]
    return f"KLG-{plain[3:7]}-{plain[7:].translate(_MISREAD)}"[:40]


def hash_code(code: str) -> str:
    """What is stored of a code; the way it was typed makes no difference."""
    plain = re.sub(r"[^0-9A-Z]", "", code.upper()).translate(_MISREAD)
    return hashlib.sha256(f"follow-up:{plain}".encode()).hexdigest()


def code_fits(stored: str | None, code: str) -> bool:
    """Whether a code is the right one, in the same time whether or not there is anything to compare with."""
    given = hash_code(code)
    fits = hmac.compare_digest(stored or hash_code(""), given)
    return fits and stored is not None


def seal(code: str, key: str, salt: str) -> str:
    """A code that can be read again only with the key it was sealed with."""
    plain = code.encode()
    pad = hashlib.shake_256(f"seal:{salt}:{key}".encode()).digest(len(plain))
    return bytes(a ^ b for a, b in zip(plain, pad, strict=True)).hex()


def unseal(sealed: str, key: str, salt: str) -> str:
    """The code behind what `seal` gave."""
    hidden = bytes.fromhex(sealed)
    pad = hashlib.shake_256(f"seal:{salt}:{key}".encode()).digest(len(hidden))
    return bytes(a ^ b for a, b in zip(hidden, pad, strict=True)).decode()


def _letters(count: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(count))


def _grouped(letters: str) -> str:
    return "-".join(letters[at : at + GROUP] for at in range(0, len(letters), GROUP))

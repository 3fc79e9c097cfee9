"""What can go wrong with a complaint, told so that nothing written is lost."""

from __future__ import annotations

from collections.abc import Sequence

from api.complaints.schema import Fault
from api.errors import Conflict, InvalidInput, NotFound, ProblemError
from api.words import Words


class NotAComplaint(ProblemError):
    """Never a complaint here: help comes first, or a channel that protects. Nothing was stored."""

    status = 422
    code = "not_a_complaint"


class InvalidComplaint(InvalidInput):
    """The record cannot be received as it stands; every fault is named by its place."""

    code = "complaint_invalid"

    def __init__(self, faults: Sequence[Fault], words: Words, lang: str) -> None:
        texts = [words(lang, f"faults.{fault.kind}") for fault in faults]
        personal = any(fault.kind == "cpr" for fault in faults)
        super().__init__(
            "cpr_in_complaint" if personal else None,
            field=faults[0].pointer,
            extra={"errors": [
                {"field": fault.pointer, "kind": fault.kind, "text": text}
                for fault, text in zip(faults, texts, strict=True)
            ]},
        )  # fmt: skip
        self.faults = tuple(faults)


class UnknownComplaint(NotFound):
    """No such reference, or not this code; the two look the same."""

    code = "complaint_not_found"


class KeyUsed(InvalidInput):
    """The idempotency key came before, with something else."""

    code = "idempotency_key_used"


class TooLate(Conflict):
    """Nothing more can be done with it: it was withdrawn or closed."""

    code = "complaint_ended"


class NotSaved(ProblemError):
    """The database or the disk failed; says how to reach people instead."""

    status = 503
    code = "complaint_not_saved"

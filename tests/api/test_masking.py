"""CPR numbers are taken out however they are written; dates, phone and case numbers stay."""

import pytest

from api.masking import MASK, holds_cpr, mask_cpr

WRITTEN_AS_CPR = [
    "010190-1234", "0101901234", "010190 1234", "010190 - 1234", "010190\u20131234",
    "01 01 90 1234", "01.01.90-1234", "01/01/90 1234", "01-01-90-1234", "01-01-1990-1234",
    "0 1 0 1 9 0 1 2 3 4", "0 1 0 1 9 0 - 1 2 3 4", "01 01 90 12 34", "01\u200b0190\u200b-12\u206034",
    "610190-1234", "123456-7890", "\uff10\uff11\uff10\uff11\uff19\uff10-1234",
]  # fmt: skip
SOMETHING_ELSE = [
    "ring 33 66 33 66", "33663366 og 33661400", "sag 2026123456", "sag 9912345678",
    "den 01.02.2026 1234 kr.", "12.000-15.000 kr.", "fra 2019-2026", "EAN 5798009811578",
    "3 3 6 6 3 3 6 6", "01-02-2026", "senest 3.12.2026 kl. 2359",
]  # fmt: skip


@pytest.mark.parametrize("number", WRITTEN_AS_CPR)
def test_cpr_is_masked(number: str) -> None:
    masked = mask_cpr(f"Jeg hedder Bo ({number}), hjælp")
    assert masked == f"Jeg hedder Bo ({MASK}), hjælp"
    assert holds_cpr(number)


@pytest.mark.parametrize("text", SOMETHING_ELSE)
def test_other_numbers_stay(text: str) -> None:
    assert mask_cpr(text) == text
    assert not holds_cpr(text)


def test_two_numbers_in_one_text() -> None:
    assert mask_cpr("010190-1234 og 0202912345") == f"{MASK} og {MASK}"

"""The cases in the jurist's form: facts in, outcomes out."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.knowledge.rules.jurists_form import differences, read_cases

CASES = read_cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["case"]))
def test_the_engine_answers_as_the_jurist_says(case: dict[str, Any]) -> None:
    assert differences(case) == []


def test_there_are_enough_cases_and_each_has_its_own_name() -> None:
    names = Counter(case["case"] for case in CASES)
    assert len(CASES) >= 250
    assert [name for name, count in names.items() if count > 1] == []

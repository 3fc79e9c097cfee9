"""The plain turn and the long way round leave the same on PostgreSQL too."""

from __future__ import annotations

import pytest

from tests.api.chat.conftest import citizen
from tests.api.chat.test_plain_turns import (
    long_way,
    test_most_turns_are_plain,
    test_the_plain_turn_stores_and_answers_as_the_long_way_does,
    test_what_was_written_is_stored_with_what_the_bot_is_given,
)

pytestmark = [pytest.mark.server, pytest.mark.timeout(180)]

__all__ = [
    "citizen",
    "long_way",
    "test_most_turns_are_plain",
    "test_the_plain_turn_stores_and_answers_as_the_long_way_does",
    "test_what_was_written_is_stored_with_what_the_bot_is_given",
]

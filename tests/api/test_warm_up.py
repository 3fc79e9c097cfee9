"""What the first message would have to wait for is at hand before anybody writes."""

from __future__ import annotations

import datetime as dt

from api.knowledge_base import warm_up
from knowledge.reading.facts import read_facts
from knowledge.reading.facts_clauses import patterns_in
from knowledge.reading.languages import _identifier
from knowledge.reading.patterns import load_patterns
from knowledge.reading.wrongdoing import _signs, screen_wrongdoing
from knowledge.rules.calendar import _public_holidays

DAY = dt.date(2026, 11, 20)


def test_a_message_after_the_warm_up_reads_no_files_more() -> None:
    kept = (load_patterns, _identifier, _signs, _public_holidays)
    for one in (*kept, patterns_in):
        one.cache_clear()
    warm_up("koebenhavn", DAY)
    before = [one.cache_info().misses for one in kept]
    assert all(before)
    screen_wrongdoing("Jeg fik afslag på kontanthjælp i sidste uge")
    read_facts("Jeg fik afslag på kontanthjælp i sidste uge", today=DAY, lang="da")
    assert [one.cache_info().misses for one in kept] == before

"""The written voices: which are indexed, and that those shipped fit the articles."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from knowledge.articles import ARTICLES_FOLDER, load_articles
from knowledge.search.build import gather
from knowledge.search.model import UnitKind
from knowledge.search.voices import Voice, load_voices, voice_units, voices_for
from tests.knowledge.fakes import CALIBRATION, MATERIAL, resolve

HEARD = (
    Voice("aktindsigt", "da", "plain", "må jeg kigge i mappen"),
    Voice("findes-ikke", "da", "plain", "noget helt andet"),
)
STYLES = {"plain", "typo", "ascii", "long", "terse", "emotional", "dialect", "caseworker"}


def test_a_voice_without_its_article_is_left_out() -> None:
    (unit,) = voice_units(HEARD, {"aktindsigt", "svarpligt"})
    assert (unit.kind, unit.article, unit.passage) == (UnitKind.QUESTION, "aktindsigt", None)


def test_other_articles_are_not_given_the_shipped_voices(tmp_path: Path) -> None:
    assert voices_for(tmp_path) == ()
    assert voices_for(ARTICLES_FOLDER) == load_voices()


def test_voices_are_indexed_behind_the_passages() -> None:
    plain = gather(MATERIAL, resolve=resolve, calibration=CALIBRATION, voices=())
    heard = gather(MATERIAL, resolve=resolve, calibration=CALIBRATION, voices=HEARD)
    assert [unit.text for unit in heard.units[len(plain.units) :]] == [HEARD[0].text]


def test_words_misspelled_on_purpose_are_not_learned() -> None:
    voices = [Voice("aktindsigt", "da", "typo", "aktinsigtt aktinsigtt")]
    heard = gather(MATERIAL, resolve=resolve, calibration=CALIBRATION, voices=voices)
    assert "aktinsigtt" not in heard.words


def test_every_article_is_heard_in_many_voices() -> None:
    voices = load_voices()
    slugs = {article.slug for article in load_articles()}
    assert {voice.style for voice in voices} <= STYLES
    assert all(voice.text for voice in voices)
    counted = Counter((voice.subject, voice.lang) for voice in voices)
    assert set(counted) == {(slug, lang) for slug in slugs for lang in ("da", "en")}
    assert all(n >= (16 if lang == "da" else 8) for (_, lang), n in counted.items())

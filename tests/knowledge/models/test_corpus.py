"""What the model learns from: pairs, questions with stories around them, words written by ear."""

from __future__ import annotations

import random
from pathlib import Path

from knowledge.models.augment import vary
from knowledge.models.corpus import GLOSSARY, SPOKEN, load_corpus
from tests.knowledge.fakes import MATERIAL

RESPONSES = """
responses:
  utter_hello:
    - text: Hej med dig
    - condition: [{type: slot, name: language, value: en}]
      text: Hello there
  utter_answer:
    - text: "{answer}"
    - condition: [{type: slot, name: language, value: en}]
      text: "{answer}"
"""


def test_the_parts_are_gathered(tmp_path: Path) -> None:
    (tmp_path / "hello.yml").write_text(RESPONSES, encoding="utf-8")
    (tmp_path / GLOSSARY).write_text("ikke\tnot\nde\tthey\n", encoding="utf-8")
    (tmp_path / SPOKEN).write_text("ikke: [ett, de]\n", encoding="utf-8")
    (tmp_path / "filler.yaml").write_text("da: [Det regnede.]\n", encoding="utf-8")
    corpus = load_corpus(MATERIAL, tmp_path, tmp_path, tmp_path)
    pairs = {(pair.danish, pair.english) for pair in corpus.pairs}
    assert ("Hej med dig", "Hello there") in pairs
    assert ("ett", "not") in pairs
    assert ("de", "not") not in pairs  # a word of its own
    assert not any("{" in danish for danish, _ in pairs)
    assert "Det regnede." in corpus.danish
    assert {item.subject for item in corpus.labelled if item.asked} == {"aktindsigt", "svarpligt"}


def test_a_question_is_varied_but_stays_in_its_story() -> None:
    draw = random.Random(3)
    question = "må jeg ikke få svar på mit brev"
    around = ["Det regnede.", "Vi har en hund.", "Hej med jer."]
    varied = {vary(question, draw, around, {"ikke": ["ett"]}) for _ in range(200)}
    assert question in varied
    assert any("Det regnede." in text and "brev" in text for text in varied)
    assert any(" ett " in f" {text} " for text in varied)


def test_a_story_is_not_put_into_another_story() -> None:
    story = " ".join(["ord"] * 60)
    draw = random.Random(3)
    assert all("regnede" not in vary(story, draw, ["Det regnede."]) for _ in range(50))

"""Answering questions: from the articles or not at all."""

from __future__ import annotations

from typing import Any

import pytest

from actions.question import AnswerQuestion, TellMore
from knowledge.articles import Lang
from tests.actions.fakes import CPR_MARK, SLUG, FakeKnowledge, FakeVerdicts, fake_ports
from tests.actions.turn import run

BUTTON = [{"entity": "article", "value": SLUG}]


def answer(knowledge: FakeKnowledge | None = None) -> AnswerQuestion:
    """The action over made-up ports."""
    return AnswerQuestion(fake_ports(knowledge))


def test_an_answer_brings_its_words_its_sources_and_its_article() -> None:
    turn = run(answer(), "hvornår får jeg svar?")

    assert turn.responses == ["utter_answer"]
    said = turn.said[0]
    assert said["answer"].startswith("Svar inden ti arbejdsdage\n\nDu får svar")
    assert said["custom"]["sources"][0] == {
        "label": "Københavns Kommune", "paragraph": None, "url": "https://kk.dk",
        "confidence": "partly", "article": SLUG, "title": "Svar inden ti arbejdsdage",
    }  # fmt: skip
    assert said["custom"]["card"]["type"] == "article"
    assert said["custom"]["card"]["data"]["anchor"] == "kort"
    assert turn.slots == {
        "last_article": SLUG, "last_anchor": "kort", "last_question": "hvornår får jeg svar?",
    }  # fmt: skip


def test_the_main_rule_stands_before_a_part_that_was_found() -> None:
    """Whoever asks about a detail must not get it without the rule it belongs to."""
    turn = run(answer(FakeKnowledge(found=1)), "hvornår skal jeg rykke for svar?")

    said = turn.said[0]
    assert said["answer"] == (
        "Svar inden ti arbejdsdage\n\nDu får svar på din klage inden ti arbejdsdage.\n\n"
        "Hvad du kan gøre\nRyk for svar, når tiden er gået."
    )
    assert said["custom"]["card"]["data"]["anchor"] == "goer"
    assert len(said["custom"]["sources"]) == len({s["label"] for s in said["custom"]["sources"]})
    assert turn.slots["last_anchor"] == "goer"


def test_the_language_of_the_conversation_decides() -> None:
    knowledge = FakeKnowledge()

    turn = run(answer(knowledge), "when do i get an answer", slots={"language": "en"})

    assert turn.said[0]["answer"].startswith("An answer within")
    assert knowledge.asked[0]["lang"] == "en"
    assert knowledge.asked[0]["audience"] == "citizen"


def test_a_text_that_is_not_in_the_readers_language_is_announced() -> None:
    knowledge = FakeKnowledge(languages=("da",))

    turn = run(answer(knowledge), "when do i get an answer", slots={"language": "en"})

    assert turn.responses == ["utter_answer_in_danish", "utter_answer"]


def test_without_a_good_answer_there_is_none_but_the_nearest_subjects() -> None:
    turn = run(answer(), "hvad med blomster")

    assert turn.responses == ["utter_no_answer"]
    assert "answer" not in turn.said[0]
    assert turn.said[0]["buttons"] == [
        {"title": "Svar inden ti arbejdsdage", "payload": f'/ask_question{{"article": "{SLUG}"}}'},
        {"title": "Det handler om min egen sag", "payload": '/complain{"do": "mine"}'},
    ]
    assert turn.events == []


def test_what_nothing_answers_is_kept_so_that_somebody_can_write_it() -> None:
    kept = FakeVerdicts()
    ports = fake_ports(verdicts=kept)
    run(AnswerQuestion(ports), "hvad med blomster")
    run(AnswerQuestion(ports), "blomster")
    run(AnswerQuestion(ports), "hvornår får jeg svar?")
    assert kept.questions == ["hvad med blomster"]


def test_a_question_that_cannot_be_kept_is_answered_all_the_same() -> None:
    class Broken(FakeVerdicts):
        async def unanswered(self, question: str, lang: Lang) -> None:
            raise RuntimeError

    turn = run(AnswerQuestion(fake_ports(verdicts=Broken())), "hvad med blomster")
    assert turn.responses == ["utter_no_answer"]


def test_without_anything_near_it_says_that_too() -> None:
    assert run(answer(FakeKnowledge(empty=True)), "xyz").responses == ["utter_no_answer_at_all"]


def test_a_broken_search_is_told_honestly_and_the_question_is_not_logged(
    capsys: pytest.CaptureFixture[str],
) -> None:
    turn = run(answer(FakeKnowledge(broken=True)), "min hemmelige sag")

    assert turn.responses == ["utter_search_down"]
    logged = capsys.readouterr()
    assert "search.failed" in logged.out + logged.err
    assert "hemmelige" not in logged.out + logged.err


def test_a_masked_number_brings_the_reminder_and_is_not_searched_for() -> None:
    knowledge = FakeKnowledge()

    turn = run(answer(knowledge), f"mit cpr er {CPR_MARK} hvornår får jeg svar")

    assert turn.responses == ["utter_cpr_reminder", "utter_answer"]
    assert CPR_MARK not in knowledge.asked[0]["query"]


def test_a_number_with_nothing_asked_brings_the_reminder_alone() -> None:
    knowledge = FakeKnowledge()

    assert run(answer(knowledge), f"mit cpr er {CPR_MARK}").responses == ["utter_cpr_reminder"]
    assert run(answer(knowledge), "/share_cpr", intent="share_cpr").responses == [
        "utter_cpr_reminder"
    ]
    assert knowledge.asked == []


def test_a_number_beside_something_unknown_is_not_answered_with_subjects() -> None:
    text = f"jeg hedder Bo Berg fra Valby {CPR_MARK}"

    assert run(answer(), text).responses == ["utter_cpr_reminder"]


def test_a_button_opens_its_article_without_searching() -> None:
    knowledge = FakeKnowledge()

    turn = run(answer(knowledge), f'/ask_question{{"article": "{SLUG}"}}', entities=BUTTON)

    assert turn.said[0]["answer"].endswith("ti arbejdsdage.")
    assert knowledge.asked == []


def test_a_button_to_an_article_that_is_gone_is_no_answer() -> None:
    gone: list[dict[str, Any]] = [{"entity": "article", "value": "gone"}]

    turn = run(answer(), '/ask_question{"article": "gone"}', entities=gone)

    assert turn.responses == ["utter_no_answer_at_all"]


def test_more_reads_on_after_the_last_answer() -> None:
    turn = run(TellMore(fake_ports()), "mere", slots={"last_article": SLUG, "last_anchor": "kort"})

    assert "Ryk for svar" in turn.said[0]["answer"]
    assert turn.slots == {"last_article": SLUG, "last_anchor": "goer"}


def test_more_after_the_end_says_that_there_is_no_more() -> None:
    turn = run(TellMore(fake_ports()), "mere", slots={"last_article": SLUG, "last_anchor": "goer"})

    assert turn.responses == ["utter_nothing_more"]
    assert turn.events == []


def test_more_of_nothing_asks_what_about() -> None:
    assert run(TellMore(fake_ports()), "mere").responses == ["utter_more_about_what"]

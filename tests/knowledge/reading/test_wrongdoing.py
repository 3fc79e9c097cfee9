"""The screen for reports of wrongdoing: what it holds back, what it lets pass, and where its weights come from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml

from knowledge.evaluation.overlap import near_duplicates
from knowledge.evaluation.wrongdoing_run import FOLDER, Messages, shares
from knowledge.reading import screen_wrongdoing
from knowledge.reading.wrongdoing_reader import load_reader, sentence_grams
from knowledge.reading.wrongdoing_training import (
    TEXTS,
    Example,
    Settings,
    examples,
    fingerprint,
    store,
    train,
)

SMALL = Settings(filled=(("da", 1), ("en", 1)), idle=(2, 2), kept=(400, 300, 300), seen_in=1)


@pytest.mark.parametrize(("messages", "met", "alarms"), [("tune", 0.96, 0.04), ("dev", 0.95, 0.05)])
def test_reports_are_held_back_and_complaints_are_not(
    messages: Messages, met: float, alarms: float
) -> None:
    found, for_nothing = shares(messages)
    assert found >= met
    assert for_nothing <= alarms


@pytest.mark.parametrize(
    "text",
    [
        "Jeg ved ikke om jeg må sige det her, men på mit arbejde pynter vi på journalerne",
        "Vores mester vil have os til at fakturere kommunen for timer, vi ikke har lavet.",
        "A nurse on my ward takes morphine from the cabinet and I don't dare say it",
        "Hvad er en whistleblower? Jeg har set min chef stjæle.",
        "er der en whistleblowerordning for os ansatte",
        "arbejder på et plejehjem, der forsvinder morfin om natten",
        "Vi leverer brød til skolerne, og indkøberen vil have en tur til Rom til gengæld",
        "jeg kører bus for et firma, som kommunen bruger, og kørebøgerne bliver lavet om",
        "My manager told me to shred two complaints",
        "Is there a confidential way for staff to tell you something?",
        "Jeg er tillidsrepræsentant, og flere har set lederen slette i journalerne",
    ],
)
def test_who_tells_in_their_own_words_is_held_back(text: str) -> None:
    assert screen_wrongdoing(text)


@pytest.mark.parametrize(
    "text",
    [
        "Jeg arbejder i kommunen",
        "ja, jeg er ansat på et plejehjem",
        "I'm a nurse",
        "har kommunen en whistleblowerordning",
        "Who can use the whistleblower unit?",
        "Min mors hjemmehjælper stjæler fra hende, hvor klager jeg?",
        "Jeg er lærer og har fået afslag på boligstøtte",
        # Terms of work, money that is owed, and what citizens see from outside.
        "Som tillidsmand vil jeg spørge om reglerne for ferie",
        "min chef vil ikke give mig mine omsorgsdage",
        "vi er leverandør til skolen, og vores faktura er stadig ikke betalt",
        "Min arbejdsgiver har glemt at indberette min løn, og nu mangler jeg sygedagpenge",
        "der er nogen, der parkerer ulovligt i vores gård",
        "Som borger undrer jeg mig over, at et byrådsmedlem bor på den vej, der får ny asfalt",
        "What happens to a report to the whistleblower unit?",
        "",
        "😀",
    ],
)
def test_answers_questions_and_citizens_own_matters_pass(text: str) -> None:
    assert not screen_wrongdoing(text)


def test_a_report_in_the_middle_of_a_long_story_is_held_back() -> None:
    story = "Vi fik hund i foråret. Den hedder Buster. Naboen kom over med kage. Det regnede hele dagen. "
    report = "Jeg er sosu-assistent, og min leder retter i journalerne, så fejlene ikke kan ses. "
    assert screen_wrongdoing(story + report + story)
    assert not screen_wrongdoing(story + story)


@pytest.mark.parametrize(
    "text",
    [
        "Vi er forældre til en pige på syv. Rådgiveren har aflyst tre møder i træk, og i referatet "
        "skriver hun, at vi blev væk. Det er løgn, og hun nægter at rette det. Hendes leder siger, at "
        "han stoler på sine folk. Vi er udmattede.",
        "Min dreng i børnehaveklassen kom hjem med et mærke på halsen. Pædagogen havde trukket ham i "
        "jakken, og lederen holder med hende. Efter at vi klagede, må han ikke komme med på ture. Vi "
        "tror, at det er vores skyld.",
        "Our son is six and has a support teacher who shouts at him. The head told us to be patient "
        "because they cannot find anybody else. I wrote in August and again in October and got an "
        "automatic reply. I want it taken seriously.",
    ],
)
def test_a_long_letter_of_parents_passes(text: str) -> None:
    assert not screen_wrongdoing(text)


@pytest.mark.parametrize(
    "text",
    [
        "Hvad skal jeg gøre, når jeg bliver forskelsbehandlet, fordi jeg har brune øjne?",
        "Vi bliver behandlet ringere, fordi vi er romaer",
        "they treat us worse because we are black",
    ],
)
def test_who_is_treated_worse_tells_of_themselves(text: str) -> None:
    assert not screen_wrongdoing(text)


def test_an_employee_who_is_a_parent_too_is_held_back() -> None:
    assert screen_wrongdoing(
        "Jeg er pædagog i en vuggestue i kommunen, og jeg er selv mor til to. Vores leder får os til at skrive flere "
        "voksne på skemaet, end der er. Min egen datter går samme sted, og jeg tør ikke sige noget."
    )


def test_a_decision_letter_that_is_pasted_passes() -> None:
    letters = FOLDER.parent / "letters"
    for name in ("01-sygedagpenge-stop", "05-parkeringsafgift", "12-tilbagebetaling-engelsk"):
        letter = yaml.safe_load((letters / f"{name}.yaml").read_text(encoding="utf-8"))
        assert not screen_wrongdoing(letter["text"])


def test_spelling_without_danish_letters_reads_the_same() -> None:
    assert sentence_grams("Skjulte fejl på børnehjem") == sentence_grams(
        "skjulte fejl paa boernehjem"
    )


def test_the_shipped_weights_are_made_from_the_shipped_texts() -> None:
    assert load_reader().fingerprint == fingerprint(), (
        "run python -m knowledge.reading.wrongdoing_training"
    )


def test_two_trainings_give_the_same_file(tmp_path: Path) -> None:
    rows = [
        *(Example(f"min chef snyder med {thing}", 1, 1.0) for thing in ("penge", "timer", "løn")),
        *(Example(f"jeg vil klage over {thing}", 0, 1.0) for thing in ("støj", "svar", "vejen")),
    ]
    files = [tmp_path / name for name in ("first.npz", "second.npz")]
    for file in files:
        store(*train(rows, SMALL), SMALL, file)
    assert files[0].read_bytes() == files[1].read_bytes()
    reader = load_reader(files[0])
    assert reader.weight("min chef snyder") > reader.weight("jeg vil klage")
    assert reader.weight("") == pytest.approx(reader.bias)


def test_patterns_are_filled_whole() -> None:
    data = yaml.safe_load(TEXTS.read_text(encoding="utf-8"))
    filler = {"da": ["Det regner."], "en": ["It rains."]}
    rows = list(examples(data, filler, SMALL))
    assert not [row.text for row in rows if "{" in row.text]
    assert {row.label for row in rows} == {0, 1}


def test_what_is_measured_was_not_taught() -> None:
    taught = yaml.safe_load(TEXTS.read_text(encoding="utf-8"))
    for messages in ("tune", "dev"):
        asked = yaml.safe_load((FOLDER / f"{messages}.yaml").read_text(encoding="utf-8"))
        texts = [*asked["wrongdoing"], *asked["other"]]
        assert not list(near_duplicates(texts, [*taught["wrongdoing"], *taught["other"]]))


def test_the_weights_are_small_and_plain() -> None:
    reader = load_reader()
    assert sum(len(block.keys) for block in reader.blocks) < 80_000
    for block in reader.blocks:
        assert np.all(np.diff(block.keys.astype(np.int64)) > 0)
        assert np.all(np.isfinite(block.weights))

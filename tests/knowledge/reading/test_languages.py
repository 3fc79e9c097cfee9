"""Other languages, and reports of wrongdoing."""

from __future__ import annotations

import pytest

from knowledge.reading import foreign_danger, foreign_language, screen_wrongdoing


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Ich möchte mich über das Amt beschweren", "de"),
        ("Chciałbym złożyć skargę na urząd", "pl"),
        ("Belediye hakkında şikayet etmek istiyorum", "tr"),
        ("Waxaan rabaa inaan dacwo gudbiyo degmada", "so"),
        ("Я хочу подати скаргу на комуну, допоможіть", "uk"),
        ("أريد أن أشتكي على البلدية", "ar"),
        ("Jeg vil gerne klage over min sagsbehandler", None),
        ("I would like to complain about my caseworker", None),
        ("Jag vill klaga på min handläggare", None),
        ("Jeg vil klage på saksbehandleren min", None),
        ("aktindsigt", None),
        ("", None),
    ],
)
def test_another_language_is_noticed_and_ours_are_not(text: str, code: str | None) -> None:
    assert foreign_language(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "Jeg er ansat på et plejehjem, og vores leder forfalsker vagtplanen",
        "min chef tager penge af kassen, det er tyveri",
        "my manager takes bribes from a contractor",
        "Vi leverer til kommunen og ved, at fakturaerne er falske",
    ],
)
def test_somebody_inside_who_tells_of_wrongdoing_is_noticed(text: str) -> None:
    assert screen_wrongdoing(text)


@pytest.mark.parametrize(
    "text",
    [
        "Jeg fik afslag på boligstøtte",
        "Min sagsbehandler svarer ikke",
        "hej",
        "Hvad er aktindsigt?",
    ],
)
def test_ordinary_complaints_are_not_held_back(text: str) -> None:
    assert not screen_wrongdoing(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Mąż pobił mnie przy dzieciach", "pl"),
        ("nie chce zyc", "pl"),
        ("eşim beni her gün dövüyor", "tr"),
        ("لا أريد أن أعيش", "ar"),
        ("чоловік погрожує мені", "uk"),
        ("mein Freund schlägt mich", "de"),
        ("mes enfants n'ont rien à manger", "fr"),
        ("nu mai vreau să trăiesc", "ro"),
        ("ninkaygu wuu i garaacaa", "so"),
        ("main marna chahti hun", "ur"),
        ("nie mam pieniędzy na jedzenie dla dzieci", "pl"),
        ("wir haben kein Geld für Essen", "de"),
        ("Chcę złożyć skargę", None),
        ("min mand slår mig", None),
        ("my husband beats me", None),
        ("I want to die", None),
    ],
)
def test_words_of_danger_are_noticed_in_languages_that_the_bot_does_not_know(
    text: str, code: str | None
) -> None:
    assert foreign_danger(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "my old aunt has been lying on the floor since noon and nobody from the care came",
        "jeg står på broen og ved ikke, hvem jeg ellers skal skrive til",
        "could I please talk to one of your employees",
        "kan jeg snakke med en medarbejder",
    ],
)
def test_danger_and_a_wish_for_a_person_are_not_held_back(text: str) -> None:
    assert not screen_wrongdoing(text)

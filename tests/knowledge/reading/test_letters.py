"""Letters from authorities: what they are, their limits, their guidance on appeal, and nobody's name repeated."""

from __future__ import annotations

import datetime as dt

import pytest

from knowledge.evaluation.letters_run import compared, figures, letters
from knowledge.reading import (
    LetterReading,
    letter_texts,
    letters_in,
    looks_like_letter,
    read_letter,
)

TODAY = dt.date(2026, 11, 18)
DECISION = """Københavns Kommune
Socialforvaltningen
Handicapcenter København

Til Birthe Opdigtet
Prøvestræde 4
CPR-nr.: 010190-1234

Dato: 9. november 2026
Sagsnr. 2026-555

Afslag på hjælpemiddel

Kære Birthe

Vi har besluttet, at Birthe Opdigtet, 010190-1234, ikke kan få en el-scooter efter servicelovens § 112.

{guidance}

Med venlig hilsen
Ole Opfundet
Sagsbehandler
"""
GUIDANCE = (
    "Klagevejledning\nDu kan klage over afgørelsen inden 4 uger fra den dag, du har modtaget den. "
    "Send klagen til os. Fastholder vi afgørelsen, sender vi klagen videre til Ankestyrelsen."
)
HEARING = """Beskæftigelses- og Integrationsforvaltningen
Jobcenter København
Dato: 10. november 2026

Kære Ole

Partshøring

Vi overvejer at stoppe din kontanthjælp, fordi du ikke kom til samtalen. Inden vi træffer afgørelse,
kan du sende dine bemærkninger til os senest den 24. november 2026.

Venlig hilsen
Jobcentret
"""


def read(guidance: str = GUIDANCE) -> LetterReading:
    return read_letter(DECISION.format(guidance=guidance), today=TODAY, lang="da")


def test_a_decision_is_read_with_all_that_its_guidance_says() -> None:
    reading = read()

    assert reading.kind == "decision"
    assert reading.date == dt.date(2026, 11, 9)
    assert "Handicapcenter København" in reading.authority
    assert reading.appeal is not None
    assert (reading.appeal.guidance, reading.appeal.body) == ("complete", "Ankestyrelsen")
    assert reading.appeal.send_to == "authority"
    assert reading.deadline is not None
    assert (reading.deadline.text, reading.deadline.counts_from) == ("4 uger", "receipt")
    assert reading.facts["appeal_guidance_missing"] is False
    assert "§ 112" in reading.paragraphs


def test_the_day_a_decision_was_received_never_follows_from_the_letter() -> None:
    assert "decision_received" not in read().facts


def test_no_number_and_no_name_is_repeated() -> None:
    reading = read()
    shown = " ".join(
        [reading.heading, reading.decided or "", *(part.quote for part in reading.parts)]
    )

    assert "el-scooter" in shown
    for private in ("010190", "1234", "Birthe", "Opdigtet", "Opfundet", "Prøvestræde"):
        assert private not in shown


def test_missing_guidance_is_seen_and_may_matter() -> None:
    reading = read("Du er velkommen til at ringe.")

    assert reading.appeal is not None
    assert reading.appeal.guidance == "missing"
    assert reading.missing_guidance
    assert reading.facts["appeal_guidance_missing"] is True


def test_guidance_says_what_it_lacks() -> None:
    reading = read("Du kan klage til Ankestyrelsen. Send klagen til os.")

    assert reading.appeal is not None
    assert (reading.appeal.guidance, reading.appeal.lacks) == ("incomplete", ("deadline",))


@pytest.mark.parametrize(
    ("guidance", "doubt"),
    [
        ("Du kan klage til Statsforvaltningen inden 4 uger. Send klagen til os.", "body"),
        ("Du kan klage til Ankestyrelsen inden 14 dage. Send klagen til os.", "length"),
        (
            "Du kan klage til Ankestyrelsen inden 4 uger fra datoen på dette brev. Send klagen til os.",
            "counts_from",
        ),
    ],
)
def test_guidance_that_is_not_the_laws_is_doubted(guidance: str, doubt: str) -> None:
    reading = read(guidance)

    assert reading.appeal is not None
    assert reading.appeal.guidance == "doubtful"
    assert doubt in reading.appeal.doubts


def test_the_authoritys_own_limit_is_not_the_citizens() -> None:
    reading = read("Du kan klage til Ankestyrelsen. Vi sender sagen videre inden 4 uger.")

    assert reading.limits == ()


def test_a_hearing_is_no_decision_and_its_limit_is_for_comments() -> None:
    reading = read_letter(HEARING, today=TODAY, lang="da")

    assert reading.kind == "hearing"
    assert reading.facts["is_decision"] is False
    assert "appeal_guidance_missing" not in reading.facts
    assert reading.deadline is not None
    assert (reading.deadline.is_for, reading.deadline.date) == ("comments", dt.date(2026, 11, 24))
    assert not reading.missing_guidance


def test_words_broken_by_a_scanner_are_read() -> None:
    broken = DECISION.format(guidance=GUIDANCE).replace("besluttet", "beslut-\n  tet")
    broken = broken.replace("Ankestyrelsen", "Anke-\nstyrelsen").replace(
        "9. november 2026", "09-11-2026"
    )
    reading = read_letter(broken, today=TODAY, lang="da")

    assert reading.date == dt.date(2026, 11, 9)
    assert reading.appeal is not None
    assert reading.appeal.body == "Ankestyrelsen"
    assert "besluttet" in (reading.decided or "")


def test_a_letter_without_danish_letters_is_read() -> None:
    plain = DECISION.format(guidance=GUIDANCE)
    for letter, spelled in (("æ", "ae"), ("ø", "oe"), ("å", "aa")):
        plain = plain.replace(letter, spelled)
    reading = read_letter(plain, today=TODAY, lang="da")

    assert reading.kind == "decision"
    assert reading.appeal is not None
    assert reading.appeal.guidance == "complete"


@pytest.mark.parametrize(
    ("text", "is_letter"),
    [
        (DECISION.format(guidance=GUIDANCE), True),
        (HEARING, True),
        ("Jeg har fået et brev fra kommunen.", False),
        (
            "Kære kommune, jeg har ventet i fire måneder på svar fra jobcentret, og ingen ringer tilbage. "
            "Jeg ved ikke, hvad jeg skal gøre, for jeg kan ikke betale min husleje. Venlig hilsen",
            False,
        ),
    ],
)
def test_a_letter_is_told_from_a_message(text: str, is_letter: bool) -> None:
    assert looks_like_letter(text) is is_letter


def test_whatever_stands_there_is_read_without_failing() -> None:
    for text in ("", "§", "\n\n\n", "a" * 10_000, "den 31. februar 2026 inden 99 uger klage"):
        assert read_letter(text, today=TODAY, lang="en").kind in ("unclear", "decision")


def test_both_languages_say_the_same_things() -> None:
    danish, english = letter_texts("da"), letter_texts("en")

    assert danish.keys() == english.keys()
    for name in danish:
        if isinstance(danish[name], dict):
            assert danish[name].keys() == english[name].keys(), name
    for name, row in danish["parts"].items():
        assert row.get("source") == english["parts"][name].get("source"), name


def test_the_letters_that_were_never_looked_at_are_read_well_enough() -> None:
    rows = [seen for name, row in letters(seen=False) for seen in compared(name, row)]
    result = figures(rows)

    assert result["private"][0] == 1.0
    assert result["deadline"][0] >= 0.95
    assert result["date"][0] >= 0.95
    assert result["appeal_body"][0] >= 0.95
    assert min(result["kind"][0], result["guidance"][0]) >= 0.8


BOARD = """ANKESTYRELSEN

Dato: 4. november 2026

Kære Birthe Opdigtet

Du har klaget over Københavns Kommunes afgørelse. Ankestyrelsen har nu afgjort sagen.

Vi stadfæster kommunens afgørelse om førtidspension.

Afgørelsen er endelig og kan ikke indbringes for anden administrativ myndighed.

Venlig hilsen
Ole Opfundet
"""
TRIBUNAL = """HUSLEJENÆVNET I KØBENHAVN

30. oktober 2026

Huslejenævnet har truffet afgørelse om lejen.

Afgørelsen kan indbringes for Ankenævnet for Huslejenævnene i København inden 4 uger efter, at du modtog den.

På nævnets vegne
Ole Opfundet
"""


def test_the_decision_of_a_board_is_final_and_lacks_no_guidance() -> None:
    reading = read_letter(BOARD, today=TODAY, lang="da")

    assert reading.kind == "decision"
    assert reading.authority == ("Ankestyrelsen",)
    assert reading.is_final
    assert not reading.missing_guidance
    assert reading.decided is not None
    assert reading.decided.startswith("Vi stadfæster")


def test_a_tribunal_under_another_is_not_final_and_names_the_one_above() -> None:
    reading = read_letter(TRIBUNAL, today=TODAY, lang="da")

    assert not reading.is_final
    assert reading.appeal is not None
    assert reading.appeal.body == "Ankenævnet for huslejesager"
    assert reading.deadline is not None
    assert reading.deadline.counts_from == "receipt"
    # The body and the limit stand there; how to write is a smaller thing.
    assert not reading.missing_guidance


def test_who_is_complained_to_did_not_write_the_letter() -> None:
    text = "Københavns Kommune\n\nDu kan klage til Ankestyrelsen inden 4 uger fra den dag, du modtog brevet.\n"

    assert read_letter(text, today=TODAY, lang="da").authority == ("Københavns Kommune",)


def test_a_hearing_is_told_by_what_is_planned() -> None:
    decided = read_letter(HEARING, today=TODAY, lang="da").decided

    assert decided is not None
    assert decided.startswith("Vi overvejer at stoppe")


@pytest.mark.parametrize(
    ("law", "named"),
    [
        ("§ 13 i lov om aktiv socialpolitik", "§ 13"),
        ("§ 13 a i serviceloven", "§ 13 a"),
        ("§ 9 C", "§ 9 C"),
    ],
)
def test_a_word_after_a_paragraph_is_no_letter_of_it(law: str, named: str) -> None:
    text = f"Vi har besluttet at stoppe din hjælp efter {law}."

    assert read_letter(text, today=TODAY, lang="da").paragraphs == (named,)


def test_two_letters_are_parted_and_one_is_not() -> None:
    first = DECISION.format(guidance=GUIDANCE)

    assert letters_in(first + "\n" + HEARING) == (first.strip(), HEARING.strip())
    assert letters_in(first) == (first.strip(),)
    assert letters_in("hvad betyder det her?") == ("hvad betyder det her?",)


def test_an_agency_of_the_state_is_told_from_the_municipality() -> None:
    of_the_state = read_letter(
        "Skattestyrelsen\n\nVi har besluttet at nedsætte dit fradrag.", today=TODAY, lang="da"
    )

    assert of_the_state.is_of_the_state
    assert not read().is_of_the_state

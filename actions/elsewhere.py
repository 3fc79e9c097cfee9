"""Says where a matter goes that the ways of complaint to this municipality do not reach."""

from __future__ import annotations

from actions.answering import say_place
from actions.contacts import contact_lines
from actions.ports import Dispatcher, Event, Ports
from actions.signs import Sign, shows
from knowledge.articles import Lang

# By what a message shows: who hears of it, and the words for it.
Way = tuple[Sign, tuple[str, ...], str]
# Of the state and the region: treatment in hospitals and at doctors', and the tax authorities' decisions.
PUBLIC: tuple[Way, ...] = (
    (Sign.treatment, ("patientklager",), "utter_patients"),
    (Sign.tax, ("skatteankestyrelsen",), "utter_tax"),
)
# Of private people: charges of parking companies, and neighbours who get out of hand.
PRIVATE: tuple[Way, ...] = (
    (Sign.parking_company, ("parkeringsklagenaevnet",), "utter_parking_company"),
    (Sign.neighbours, ("politi",), "utter_neighbours"),
)
# Whom to ask where a tip about somebody's benefits goes; no place of its own is known.
TIPS = ("hovednummer",)
# The article that says what to do about Borgerrådgiveren, and where in it.
ABOUT_US = ("hvad-kan-borgerraadgiveren", "ikke-overholdt")


def say_elsewhere(dispatcher: Dispatcher, ports: Ports, text: str, lang: Lang) -> None:
    """Says where a matter of the state's, the region's or a private party's goes, as far as we know."""
    _say_way(dispatcher, ports, text, lang, PUBLIC)
    dispatcher.utter_message(response="utter_if_ours")


def say_private(dispatcher: Dispatcher, ports: Ports, text: str, lang: Lang) -> list[Event] | None:
    """Says where a private parking company or a neighbour is complained of; None where none is."""
    if not _say_way(dispatcher, ports, text, lang, PRIVATE):
        return None
    dispatcher.utter_message(response="utter_if_ours")
    return []


def say_tip(dispatcher: Dispatcher, ports: Ports, text: str, lang: Lang) -> list[Event] | None:
    """Says that a tip about somebody's benefits is not taken here, and whom to ask; None where there is none."""
    if not shows(text, Sign.fraud_tip):
        return None
    contacts = contact_lines(ports.organisation, TIPS, lang)
    dispatcher.utter_message(response="utter_fraud_tip", contacts=contacts)
    return []


def _say_way(
    dispatcher: Dispatcher, ports: Ports, text: str, lang: Lang, ways: tuple[Way, ...]
) -> bool:
    """Says the first of the ways that the message shows; whether there was one."""
    for sign, who, response in ways:
        if shows(text, sign):
            contacts = contact_lines(ports.organisation, who, lang)
            dispatcher.utter_message(response=response, contacts=contacts)
            return True
    return False


def say_about_us(dispatcher: Dispatcher, ports: Ports, text: str, lang: Lang) -> list[Event] | None:
    """Says whom to turn to where somebody is not content with Borgerrådgiveren; None where nobody is."""
    if not shows(text, Sign.about_us):
        return None
    return say_place(dispatcher, ports, ABOUT_US, lang)

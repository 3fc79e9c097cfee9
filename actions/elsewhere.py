"""Says where a matter goes that the ways of complaint to this municipality do not reach."""

from __future__ import annotations

from actions.answering import citizen_passages, say_passage
from actions.contacts import contact_lines
from actions.ports import Dispatcher, Event, Ports
from actions.signs import Sign, shows
from knowledge.articles import Lang

# Who hears complaints about treatment in hospitals and at doctors'.
FOR_PATIENTS = ("patientklager",)
# Who hears complaints about charges of private parking companies, and about the tax authorities' decisions.
FOR_PARKING, FOR_TAX = ("parkeringsklagenaevnet",), ("skatteankestyrelsen",)
# Whom to call when neighbours get out of hand.
FOR_PEACE = ("politi",)
# The article that says what to do about Borgerrådgiveren, and where in it.
ABOUT_US, ABOUT_US_ANCHOR = "hvad-kan-borgerraadgiveren", "ikke-overholdt"


def say_elsewhere(dispatcher: Dispatcher, ports: Ports, text: str, lang: Lang) -> None:
    """Says where a matter of the state's, the region's or a private party's goes, as far as we know."""
    if shows(text, Sign.treatment):
        contacts = contact_lines(ports.organisation, FOR_PATIENTS, lang)
        dispatcher.utter_message(response="utter_patients", contacts=contacts)
    elif shows(text, Sign.tax):
        contacts = contact_lines(ports.organisation, FOR_TAX, lang)
        dispatcher.utter_message(response="utter_tax", contacts=contacts)
    dispatcher.utter_message(response="utter_if_ours")


def say_private(dispatcher: Dispatcher, ports: Ports, text: str, lang: Lang) -> list[Event] | None:
    """Says where a private parking company or a neighbour is complained of; None where none is."""
    if shows(text, Sign.parking_company):
        contacts = contact_lines(ports.organisation, FOR_PARKING, lang)
        dispatcher.utter_message(response="utter_parking_company", contacts=contacts)
    elif shows(text, Sign.neighbours):
        contacts = contact_lines(ports.organisation, FOR_PEACE, lang)
        dispatcher.utter_message(response="utter_neighbours", contacts=contacts)
    else:
        return None
    dispatcher.utter_message(response="utter_if_ours")
    return []


def say_about_us(dispatcher: Dispatcher, ports: Ports, text: str, lang: Lang) -> list[Event] | None:
    """Says whom to turn to where somebody is not content with Borgerrådgiveren; None where nobody is."""
    if not shows(text, Sign.about_us):
        return None
    passages = citizen_passages(ports, ABOUT_US, lang)
    found = next((one for one in passages if one.anchor == ABOUT_US_ANCHOR), None)
    return say_passage(dispatcher, found, lang, passages=passages) if found is not None else None

"""The conversation as the citizen's browser sees it: sessions, messages, turns; Rasa stays behind it."""

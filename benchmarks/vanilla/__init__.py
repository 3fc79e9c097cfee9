"""The bot that `rasa init` makes, as it makes it: the baseline for one turn."""

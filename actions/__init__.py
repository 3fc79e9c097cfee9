"""What the bot does beyond talking: Rasa custom actions, one module per topic."""

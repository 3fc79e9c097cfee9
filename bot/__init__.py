"""The Rasa project: what is said, what is understood, and how Rasa is trained and served."""

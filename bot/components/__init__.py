"""Parts of the understanding pipeline that Rasa loads by name from bot/config.yml."""

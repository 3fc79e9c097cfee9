"""The application: pages, chat, search, guidance and the bot's actions in one process."""

__version__ = "0.1.0"

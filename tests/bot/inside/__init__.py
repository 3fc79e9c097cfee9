"""Tests that run in the bot's own environment, with unittest from the standard library.

`.venv-bot/bin/python -m unittest discover -s tests/bot/inside -t . -p "inside_*.py"`; pytest runs
them through tests/bot/test_inside.py.
"""

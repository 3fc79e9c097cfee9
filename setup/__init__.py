"""Makes a fresh checkout ready: interpreters, environments, search index and bot model.

Runs on any Python from 3.9 with the standard library alone, since nothing is installed yet. `make run` and
`make test` share it. It writes inside the checkout only, and repeats nothing that has not changed.
"""

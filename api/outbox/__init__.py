"""Carries what was saved to the case system: never lost, never twice, always known where it is."""

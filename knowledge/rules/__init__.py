"""The law as data, and the pure functions that decide over it."""

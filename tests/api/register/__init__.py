"""The case register: who sees which case, what can be done with it, and what of it the citizen sees."""

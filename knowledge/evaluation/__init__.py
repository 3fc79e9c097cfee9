"""How good the search is, measured on questions written apart from the articles."""

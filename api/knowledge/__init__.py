"""The knowledge base over HTTP: search, articles, and the pages of the look-up."""

"""One port to case systems, and an adapter for each of them."""

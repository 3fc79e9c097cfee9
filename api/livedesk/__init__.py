"""Live desks outside the product: they are told who waits for a person, and what is written there comes back."""

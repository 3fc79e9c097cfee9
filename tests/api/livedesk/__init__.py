"""Live desks outside the product."""

"""Taking in documents of the municipality: reading, repairing, cutting, storing."""

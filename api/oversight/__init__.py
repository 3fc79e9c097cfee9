"""What the municipality can see and learn from its contacts."""

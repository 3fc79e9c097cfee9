"""What members of staff use, behind sign-in."""

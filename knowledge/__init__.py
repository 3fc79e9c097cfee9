"""What the municipality knows: articles, rules and the search over them; imports nothing of ours."""

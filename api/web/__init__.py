"""The pages that citizens see, and what all pages share: layout, style, words."""

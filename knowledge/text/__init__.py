"""Reading our Markdown: sections, citations, readability, folding of spelling."""

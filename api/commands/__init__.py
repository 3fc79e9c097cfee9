"""The commands of `stafet`, one module per topic; api.cli puts them together."""

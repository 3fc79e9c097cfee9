"""Guidance over HTTP: the interface others build on, and the guide that works without JavaScript."""

"""Complaints: from a draft to a receipt, and what becomes of them."""

"""Readings in: batches as set SQL in one transaction; only transitions go further."""

"""Conversations of more than one turn."""

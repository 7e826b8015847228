"""Conversations of more than one turn: steps return Ask, Done or Abort and never send."""

"""Ways to people: each parses what comes in and shows cards within its vendor's limits."""

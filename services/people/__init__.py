"""People and homes: found, opened, moved, bound, and acted for; each service asks who may."""

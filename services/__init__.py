"""Rules and queries: they change the state, check permission, and never send or commit."""

"""What is done about an event, and what is said."""

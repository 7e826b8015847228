"""What is shown: a domain object and a translator make a card."""

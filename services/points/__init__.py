"""Points: the ledger, what a person has, rewards, and their redemption at the merchant's."""

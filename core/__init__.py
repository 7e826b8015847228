"""What every layer may use and which uses none of them."""

"""Commands of the house: `python -m ops`."""

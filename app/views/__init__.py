"""Floor 5: the generated views. A view declares; what it shares with others is in base.py and beside it."""

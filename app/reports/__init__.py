"""Floor 4: what managers download."""

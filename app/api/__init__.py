"""Floor 5: the REST API."""
APIS: tuple[type, ...] = ()

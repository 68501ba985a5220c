"""Floor 4: the verbs that change things. They flush; the edge commits."""

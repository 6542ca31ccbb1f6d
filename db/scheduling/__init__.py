"""Who goes first, and in which thread."""

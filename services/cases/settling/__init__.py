"""What people decide about cases and fines, and what follows from it."""

"""What only PostgreSQL has: news between processes, and locks that say who lives."""

"""What people type, and lists a page at a time."""

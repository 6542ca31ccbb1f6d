"""Statements that write many rows at once, or whether or not they are there."""

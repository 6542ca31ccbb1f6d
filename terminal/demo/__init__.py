"""`cli.py demo`: a day in an invented company, played against the real bot over a real WebSocket."""

from terminal.demo.play import play

__all__ = ["play"]

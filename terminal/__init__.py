"""What the terminal commands do, one file a theme. `cli.py` only names them."""

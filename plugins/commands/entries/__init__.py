"""The entries of the command table, one theme a module; each has `COMMANDS`."""

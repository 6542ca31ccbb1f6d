"""From a sheet to the table in it: which columns, which rows."""

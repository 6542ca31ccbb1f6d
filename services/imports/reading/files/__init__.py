"""From a file's bytes to sheets of cells, whatever kind of file it is."""

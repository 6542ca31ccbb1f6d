"""What a cell means: text, dates, names, departments, statuses."""

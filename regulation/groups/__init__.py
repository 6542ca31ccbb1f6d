"""What is filed for a group and how it stands: filing, scope, offices, readings."""

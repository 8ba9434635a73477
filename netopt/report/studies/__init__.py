"""What studies say, for the terminal, the page, and files."""

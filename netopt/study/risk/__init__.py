"""What goes wrong, and which inputs matter."""

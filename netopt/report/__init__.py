"""What people see: tables on the terminal, progress while solving, and files for other tools."""

"""What sites are worth, one by one and in company."""

"""Candidates from nowhere: where new sites would be near to those they serve, and the rows that propose them."""

"""What the network costs as it is run today, and what better flows and sites would save."""

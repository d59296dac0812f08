"""What residents ask and tell, and how the city answers."""

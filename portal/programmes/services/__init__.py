"""What is done with programme records."""

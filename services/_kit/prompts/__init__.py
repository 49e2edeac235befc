"""What models are told that look at pictures."""

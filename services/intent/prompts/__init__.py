"""What models are told that read what a person wants."""

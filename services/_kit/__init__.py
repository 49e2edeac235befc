"""What several services need and the bus does not: media, models, settings, logs."""

"""The workflows that are shipped: no code, graphs as JSON with a TOML beside each, and the catalogue of LoRAs."""

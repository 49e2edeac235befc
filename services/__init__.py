"""The services: each a room of its own that knows the bus and the kit, and no other service."""

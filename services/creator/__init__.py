"""The creator: makes clips from orders, with whichever renderer an order names."""

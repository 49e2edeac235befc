"""What makes a clip from an order: the embedded animatic, or a render server."""

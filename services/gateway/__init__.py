"""The gateway: the door through which people and other programs speak to the productions, over HTTP."""

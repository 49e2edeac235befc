"""Measurements that the docs quote: each is a command, and prints what stands there."""

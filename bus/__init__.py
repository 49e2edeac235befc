"""What the services agree on: words, events, the fold, and the ports to the log and the artifacts."""

"""The same, done: the log on JetStream and in memory, the artifact store, the worker and its host."""

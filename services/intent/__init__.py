"""The Intent Agent: what a person said becomes a brief, a question, or a sentence about what can't be done."""

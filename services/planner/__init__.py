"""The planner: it turns a brief into a plan, by rules where no language model answers, and decides what is ordered."""

"""FEEL engines side by side: ours, pySFeel, and feelin in an embedded JavaScript engine."""

"""How an engine gets onto this machine, once."""

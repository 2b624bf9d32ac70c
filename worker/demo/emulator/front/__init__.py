"""What a request passes before an operation sees it: its path, its key, its deployment, its share of the minute."""

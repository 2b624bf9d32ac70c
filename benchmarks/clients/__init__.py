"""What is compared with: programs that take the same jobs to the same service, started as processes of their own."""

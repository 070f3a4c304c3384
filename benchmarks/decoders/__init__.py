"""What pictures cost to read: hostile ones, which a limit ends, and ordinary ones, with and without such limits."""

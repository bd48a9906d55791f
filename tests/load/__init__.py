"""How does the product bear many at once? Each load runs on a server of its own, on this machine only, and ends."""

"""What of a case is sealed where it is kept."""

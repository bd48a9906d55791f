"""What answers a person's browser? One module for each place; a view authorizes by fetching, then reads downwards."""

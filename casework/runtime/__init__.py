"""What does the product run on when nothing was prepared? An embedded PostgreSQL and Valkey below a state folder."""

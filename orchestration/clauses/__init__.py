"""Which clauses does a contract have, and where do they depart from the house's own standard? Pure but for meaning."""

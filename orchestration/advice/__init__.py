"""What else may a customer like, and why? Learnt from who bought what (implicit feedback)."""

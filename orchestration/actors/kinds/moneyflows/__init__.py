"""Which patterns does a customer's money follow? The kind `money-flows`: its versions are limits."""

"""What else may a customer like? The kind `recommender`: its versions are what was learnt from purchases."""

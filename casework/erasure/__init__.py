"""How long are cases kept, and how is a person's data erased or given to them?"""

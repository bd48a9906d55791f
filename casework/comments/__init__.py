"""What do people tell each other about a case?"""

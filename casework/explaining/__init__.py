"""How is a decision explained to the person it concerns, and contested by them (AI Act, 86; GDPR, 22)?"""

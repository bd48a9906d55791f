"""Which messages make the shipped models certain, confused, or neither? Tried with the training sets that ship."""

CERTAIN = "The monthly account fee went from 2.90 to 4.90 euros in September. Please explain how the fee is made up."
BETWEEN_75_AND_80 = "The cash machine kept the notes, please"
CONFUSED = "Hello, I have a question about the thing from last week, as I said before. Thank you."

text-answer-by-number = Reply with a number to choose, or 0 for a person.
text-read-on = There is more: reply “more” to read on.

"""Two cohorts of a subscription, of 1,000 customers each, over twelve years.

Source: Fader & Hardie (2007), "How to project customer retention", Journal of Interactive Marketing 21(1),
table 1 (there in percent).
"""

#: Customers at the start and after each year; the paper fits years 0 to 7 and projects the others.
SURVIVORS = {
    "Regular": [1000, 631, 468, 382, 326, 289, 262, 241, 223, 207, 194, 183, 173],
    "High end": [1000, 869, 743, 653, 593, 551, 517, 491, 468, 445, 427, 409, 394],
}

"""What is published of 11,104 donors who first gave in 1995, seen over 1996-2001 and forecast for 2002-2006.

Source: Fader, Hardie & Shang (2010), "Customer-base analysis in a discrete-time noncontractual setting",
Marketing Science 29(6), 1086-1108, with the authors' spreadsheet of the model.
"""

DONORS = 11_104

#: P(alive in 2002) by frequency and recency (table 6).
ALIVE = {(0, 0): 0.11, (2, 4): 0.59, (6, 6): 0.93}

#: Of all donors the gifts expected in 2002-2006, and how many are expected to give 0 and 6 times in 1996-2001
#: (spreadsheet, sheets of conditional expectations and of the in-sample fit).
GIFTS = 12_884.2
DONORS_WITH = {0: 3_454.9, 6: 1_253.1}

"""What is published of the CDNOW sample: 2,357 customers who first bought in the first quarter of 1997.

Sources: Fader, Hardie & Lee (2005), "Counting your customers" the easy way, Marketing Science 24(2), 275-284,
with the authors' data file; for spend, Fader & Hardie (2013), "The Gamma-Gamma Model of Monetary Value".
"""

import datetime as dt

#: The last day of the 39 weeks on which the models are fitted.
CALIBRATION_END = dt.date(1997, 9, 30)

CUSTOMERS = 2357
REPEATERS = 946
REPEAT_DAYS = 2457

#: Mean, standard deviation, least and largest of the repeaters' mean spend, in dollars to the cent.
SPEND = {"mean": 35.08, "std": 30.28, "min": 2.99, "max": 299.63}

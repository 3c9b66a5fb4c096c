"""Weeks in remission of 42 children with leukaemia, and what is published of them.

Data: Freireich et al. (1963), Blood 21(6), as reprinted in Cox (1972), JRSS B 34(2). Estimates:
Kleinbaum & Klein (2012), Survival Analysis, 3rd edition, chapters 2 and 3.
"""

TREATED = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
TREATED_RELAPSED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]

WEEKS = TREATED + PLACEBO
RELAPSED = TREATED_RELAPSED + [1] * len(PLACEBO)
IN_PLACEBO = [0] * len(TREATED) + [1] * len(PLACEBO)

#: Share of the treated still in remission, to three decimals, and how many were watched until then.
SURVIVAL = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
AT_RISK = {6: 21, 7: 17, 10: 15, 13: 12, 16: 11, 22: 7, 23: 6}

MEDIANS = {"treated": 23, "placebo": 8}
LOG_RANK = 16.79

#: Log hazard ratio of placebo to treatment and its standard error, by the way in which ties are counted.
LOG_HAZARD_RATIO = {"efron": (1.572, 0.412), "breslow": (1.509, 0.410)}

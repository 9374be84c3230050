"""Estimate intervals from a record's claims, with reasons, by the method `envelope/1` (docs/method.md).

The modules follow the method: `accounts` (claims as intervals, section 1), `ordering` (2), `values` (3), `states` and
`current` (4), `group_sums`, `family` and `sites` (parts and wholes, 5), `voices`, `group` and `bests` (6). `envelope`
computes the `estimate` of each group, and `explanation` formats it.
"""

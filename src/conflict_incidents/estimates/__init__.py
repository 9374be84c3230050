"""Claims of a record → intervals with reasons, by the method `envelope/1` (docs/method.md).

The modules follow the method: `accounts` (a claim as intervals), `states` (what an originator held, and when),
`structure` (parts and wholes), `voices` (what each originator holds now), `envelope` (the estimate) and `explanation`.
"""

"""Practice servers: HubSpot, Salesforce and Marketo over HTTP, with the truths and faults of the real ones.

`serving` speaks HTTP, `behaviours` names what is imitated and how sure we are of it, `faults` breaks things on demand,
`windows` counts calls like the vendors do, `clock` can be moved; one folder per vendor holds its own rules.
"""

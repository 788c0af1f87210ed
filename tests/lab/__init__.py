"""A small real internet in Linux network namespaces, where the shipped agent runs unmodified.

`topology` draws it, `world` builds it, `words` are what a scenario may say about it, `scenarios/`
are the sentences, `runner` runs the agent as an ordinary user inside it. By hand:
`python -m tests.lab.enter "the home router drops IKE" -- dig www.google.com`.
"""

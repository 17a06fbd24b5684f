"""What the crash harnesses are made of: `trust.kills` and `trust.power`.

`load` works at a real server as employers and officers do, and `history` takes down what each was told;
`servers` and `disk` are what is killed; `facts` reads what is left, and `counting` holds the two against each
other.
"""

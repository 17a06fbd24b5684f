"""Who gets what at every address, and that each single check of a right is held by some test.

`roles.py` says who there is, `table.py` what each gets where, `objects.py` makes what the addresses name,
`asking.py` asks. `mutants.py` finds the checks in the code and takes them away one by one.
"""

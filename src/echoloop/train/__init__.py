"""BAGEL of our own: the model (`bagel`), its data (`data`), the loop that trains it (`running`), its pictures (`sampling`).

Importing this room imports no torch; its inner rooms do.
"""

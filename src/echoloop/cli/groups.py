"""The two groups of verbs in the help text."""

from cyclopts import Group

LOOP = Group.create_ordered("The loop")
AROUND = Group.create_ordered("Around it")

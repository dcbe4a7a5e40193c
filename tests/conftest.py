"""What all tests share: one key for pseudonyms, so that what two workspaces say of the same posts can be compared."""

import os

os.environ["ECHOLOOP_AUTHOR_KEY"] = "the key of the tests"

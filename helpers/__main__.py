"""`python -m helpers script.py`: run a script, and explain the loss that it fails in."""

import sys

from helpers.diagnosis.afterwards import run_script

if __name__ == "__main__":
    sys.exit(run_script(sys.argv[1:]))

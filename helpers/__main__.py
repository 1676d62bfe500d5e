"""`python -m helpers script.py`: run a script, and say what is wrong with its losses."""

import sys

from helpers.diagnosis.afterwards import run_script

if __name__ == "__main__":
    sys.exit(run_script(sys.argv[1:]))

"""Remake the sample brand's files beside this script: `python data/samples/make_samples.py`."""

from pathlib import Path

from sample_brand import generate, write

SEED = 20241001

if __name__ == "__main__":
    write(generate(SEED), Path(__file__).parent)

"""These scripts are no tests: they run on their own, with atheris."""

collect_ignore = ["fuzz_reader.py", "seeds.py"]

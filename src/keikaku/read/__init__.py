"""Read what people write (YAML, CSV, Turtle) into quads; every value keeps its file and line (architecture §1)."""

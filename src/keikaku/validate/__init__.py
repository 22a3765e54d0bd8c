"""Find what is wrong: SHACL shapes on each document, check queries over all of them."""

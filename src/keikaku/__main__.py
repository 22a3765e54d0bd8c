"""`python -m keikaku` is the command `keikaku`."""

from keikaku.cli import main

if __name__ == "__main__":
    main()

"""Start the service on the current build and let a stranger's program at it: the JavaScript client, or schemathesis with --fuzz."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
FUZZ = ["--checks", "not_a_server_error", "--max-examples", "5", "--workers", "2", "--phases", "examples,coverage,fuzzing", "--no-color"]  # fmt: skip


def main() -> int:
    server = subprocess.Popen(
        [sys.executable, "-m", "keikaku", "serve", "--port", "0"],
        env=os.environ | {"KEIKAKU_ROOT": str(HERE.parent.parent)}, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert server.stderr is not None
    try:
        address = server.stderr.readline().strip()
        with (HERE / "run.log").open("w") as log:
            copy = subprocess.Popen(["cat"], stdin=server.stderr, stdout=log)
            if sys.argv[1:] == ["--fuzz"]:
                tool = str(Path(sys.executable).parent / "schemathesis")
                code = subprocess.run(
                    [tool, "run", f"{address}openapi.json", *FUZZ], check=False, timeout=3600
                ).returncode
            else:
                code = subprocess.run(["node", str(HERE / "ask.mjs"), f"{address}sparql"], check=False, timeout=120).returncode  # fmt: skip
            server.send_signal(signal.SIGTERM)
            stopped = server.wait(60)
            copy.wait(10)
        text = (HERE / "run.log").read_text()
        (HERE / "run.log").unlink()
        if "Traceback" in text:
            sys.stdout.write(text[-3000:])
            return 1
        return code or stopped
    finally:
        if server.poll() is None:
            server.kill()


if __name__ == "__main__":
    sys.exit(main())

"""The interface's document against the service: schemathesis finds no violation."""

import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).parent


def test_the_service_keeps_what_its_document_promises(site):
    # The stream of /events does not end, so that a client which waits for its end never returns.
    command = [
        pathlib.Path(sys.executable).parent / "schemathesis", "--config-file", HERE / "schemathesis.toml",
        "run", site.url("/api/openapi.json"), "--exclude-path", "/events",
        "--max-examples", os.environ.get("SCHEMATHESIS_EXAMPLES", "20"), "--seed", "1", "--no-color",
    ]
    run = subprocess.run(command, cwd=site.folder, capture_output=True, text=True)
    print(run.stdout[-6000:])
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
    assert "25 tested" in run.stdout or "Tested: 25" in run.stdout

"""The interface's document against the service: schemathesis finds no violation."""

import os
import pathlib
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).parent
ANSWERS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance",
)


@pytest.mark.parametrize("role", [None, "camera", "viewer", "operator"])
def test_the_service_keeps_what_its_document_promises(make_site, role):
    # The first person or token would shut this machine out.
    site = make_site(LOCAL_ACCESS="open").start()
    document = site.folder / "openapi.json"
    document.write_bytes(site.get("/api/openapi.json").content)
    shown = []
    if role:
        token = site.post("/api/tokens", {"name": role, "role": role}).json()["token"]
        # Whether a role may is for RouteMatrixTests; here each answer, refusals included, is a documented one.
        shown = ["--header", f"Authorization: Bearer {token}", "--checks", ",".join(ANSWERS)]
    # The stream of /events does not end, so that a client which waits for its end never returns.
    command = [
        pathlib.Path(sys.executable).parent / "schemathesis", "--config-file", HERE / "schemathesis.toml",
        "run", document, "--url", site.url(""), "--exclude-path", "/events",
        "--max-examples", os.environ.get("SCHEMATHESIS_EXAMPLES", "5" if role else "20"), "--seed", "1",
        "--no-color", *shown,
    ]
    run = subprocess.run(command, cwd=site.folder, capture_output=True, text=True)
    print(run.stdout[-6000:])
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
    assert "47 tested" in run.stdout or "Tested: 47" in run.stdout

"""The official JavaScript client in a browser, over every transport."""

import base64

import pytest
from conftest import png
from playwright.sync_api import expect
from test_browser import PATIENCE_MS, chromium  # noqa: F401
from test_cameras_document import official_client  # noqa: F401

CAMERA = """
const socket = io({ transports: %s, reconnectionDelay: 100, reconnectionDelayMax: 300 });
const picture = Uint8Array.from(atob("%s"), (each) => each.charCodeAt(0));
socket.on("status", (status) => console.log("status:", status.message));
socket.on("lpr_response", (answer) => console.log("answer:", answer.record_id));
socket.on("connect_error", (error) => console.log("error:", error.message));
socket.on("connect", () => {
  socket.emit("camera_register", { camera_id: "JS" });
  const read = { camera_id: "JS", plate_number: "กข 1", event_id: "e1", image_data: picture };
  socket.emit("lpr_data", read, (answer) => {
    console.log("acknowledged:", answer.status, answer.record_id, answer.duplicate ?? "first");
    setTimeout(() => console.log("over", socket.io.engine.transport.name), 500);
  });
});
socket.on("disconnect", (reason) => console.log("left:", reason));
const other = io("/nowhere", { transports: %s });
other.on("connect_error", (error) => console.log("other:", error.message));
"""


@pytest.mark.parametrize(
    "transports, carried",
    [('["polling"]', "polling"), ('["websocket"]', "websocket"), ('["polling", "websocket"]', "websocket")],
    ids=["polling", "websocket", "upgrade"],
)
def test_the_official_client(site, chromium, official_client, transports, carried):  # noqa: F811
    # The scripts are put into a page of data, which runs none by itself.
    page = chromium.new_page(bypass_csp=True)
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    # A page that the gateway itself serves: to one that is made up, Chromium forbids the local network.
    page.goto(f"http://127.0.0.1:{site.gateway}/api/test")
    page.evaluate("""() => {
        document.body.innerHTML = '<pre id="said"></pre>';
        console.log = (...words) => { document.getElementById("said").textContent += words.join(" ") + "\\n" };
    }""")
    page.add_script_tag(content=official_client)
    page.add_script_tag(content=CAMERA % (transports, base64.b64encode(png(5)).decode(), transports))
    said = page.locator("#said")
    for wanted in (
        "status: Connected to LPR Server", "status: Camera JS registered successfully",
        "acknowledged: success 1 first", "answer: 1", f"over {carried}", "other: Invalid namespace",
    ):
        expect(said).to_contain_text(wanted, timeout=PATIENCE_MS)
    assert site.get("/" + site.record(1)["image_path"]).content == png(5)

    site.kill()
    expect(said).to_contain_text("left: transport", timeout=PATIENCE_MS)
    site.start()
    # The same event again, by the client's own reconnection: kept once.
    expect(said).to_contain_text("acknowledged: success 1 true", timeout=PATIENCE_MS)
    assert errors == [] and site.total() == 1
    page.close()

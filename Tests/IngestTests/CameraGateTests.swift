import Core
import Testing

@testable import Ingest

/// The gate of a camera gateway that knows the cameras' networks.
struct CameraGateTests {
    private let gate: Gate

    init() throws {
        gate = Gate(
            Credentials(
                CredentialSnapshot(
                    cameraNetworks: try Network.list("10.20.0.0/16,fd00:20::/32")
                )
            ),
            listener: .gateway,
            listenAddress: "0.0.0.0",
            allowedHosts: ["lpr.example"]
        )
    }

    private func admit(
        _ client: ClientAddress,
        host: String = "10.20.0.1:8765",
        needs permission: Permission = .send
    ) throws(Refusal) -> Principal {
        try gate.admit(
            client,
            method: .post,
            authority: nil,
            headers: Headers([("Host", host)]),
            needs: permission
        ).principal
    }

    private func client(_ peer: String, reported: [String?] = []) throws -> ClientAddress {
        ClientAddress(
            peer: try #require(IPAddress(peer)),
            reported: reported.map { $0.flatMap { IPAddress($0) } }
        )
    }

    @Test(arguments: ["10.20.0.5", "::ffff:10.20.0.5", "fd00:20::5"])
    func aCameraIsACameraAndNoMore(peer: String) throws {
        let camera = try client(peer)
        #expect(try admit(camera) == .cameraNetworks)
        for permission in Permission.allCases where !Role.camera.may(permission) {
            let refusal = #expect(throws: Refusal.self) { try admit(camera, needs: permission) }
            #expect(refusal?.status == 403)
        }
    }

    @Test(arguments: ["10.21.0.5", "192.168.1.1", "fd00:21::5", "0.0.0.0"])
    func othersLearnNothing(peer: String) throws {
        let stranger = try client(peer)
        for host in ["10.20.0.1", "evil.example"] {
            let refusal = #expect(throws: Refusal.self) { try admit(stranger, host: host) }
            #expect(refusal?.status == 401)
            #expect(refusal?.message.contains("CAMERA_NETWORKS") == true)
        }
    }

    @Test func aProxyOnThisMachineReportsWhoItIs() throws {
        #expect(try admit(try client("127.0.0.1", reported: ["10.20.0.5"])) == .cameraNetworks)
        #expect(
            try admit(try client("127.0.0.1", reported: ["127.0.0.1", "10.20.0.5"]))
                == .cameraNetworks
        )
        for reported in [["10.20.0.5", "8.8.8.8"], ["10.20.0.5", nil], ["8.8.8.8"]] {
            let stranger = try client("127.0.0.1", reported: reported)
            #expect(throws: Refusal.self) { try admit(stranger) }
        }
    }

    @Test func thisMachineStaysItsOwn() throws {
        #expect(try admit(.loopback, host: "localhost", needs: .administer) == .thisMachine)
        // Its names are still the only ones: a browser on this machine may be lied to.
        #expect(throws: Refusal.self) { try admit(.loopback, host: "10.20.0.1") }
    }

    @Test(arguments: [
        ("10.20.0.1", 200), ("[fd00:20::1]:8765", 200), ("lpr.example", 200),
        ("evil.example", 421), ("", 400),
    ])
    func aCameraCallsAnAddressOrAKnownName(host: String, expected: Int) throws {
        let camera = try client("10.20.0.5")
        do throws(Refusal) {
            #expect(try admit(camera, host: host) == .cameraNetworks && expected == 200)
        } catch {
            #expect(error.status == expected)
        }
    }
}

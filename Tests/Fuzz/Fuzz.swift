// The gateway's code is reached as tests reach it, which only a debug build allows.
#if DEBUG
    import Core

    @testable import Ingest

    /// What libFuzzer calls with each input: the first byte says which decoder gets the rest.
    ///
    /// A crash, a hang or a memory limit that is passed is a finding; what comes back is not looked at, but
    /// for what must hold of any answer.
    ///
    /// SAFETY: libFuzzer lends the bytes for the length of the call; they are copied at once.
    @_cdecl("LLVMFuzzerTestOneInput")
    public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
        let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: size))
        guard let kind = bytes.first else { return 0 }
        let rest = Array(bytes.dropFirst())
        switch kind % 7 {
        case 0: frames(rest)
        case 1: packets(rest)
        case 2: packet(rest)
        case 3: form(rest)
        case 4: payload(rest)
        case 6: credential(rest)
        default: plates(rest)
        }
        return 0
    }

    /// libFuzzer's own beginning (`FuzzerInterface.h`); the linker gives it no `main`, because the package
    /// manager names ours.
    @_silgen_name("LLVMFuzzerRunDriver")
    private func runFuzzer(
        _ count: UnsafeMutablePointer<CInt>,
        _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
        _ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
    ) -> CInt

    /// Where the program begins.
    @_cdecl("gateway_fuzz_main")
    public func begin(
        _ count: CInt,
        _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
    ) -> CInt {
        // SAFETY: both live as long as the program.
        var count = count
        var arguments = unsafe arguments
        return unsafe runFuzzer(&count, &arguments, fuzz)
    }

    /// Bytes of a WebSocket in pieces whose lengths the input decides.
    private func frames(_ bytes: [UInt8]) {
        let frames = WebSocketFrames(.server, messageBytesMax: 4_096)
        var received = 0
        frames.onMessage = { message in
            if case .text(let text) = message {
                precondition(
                    String(validating: text, as: UTF8.self) != nil,
                    "text that is no UTF-8"
                )
                received += text.count
            }
        }
        let step = Int(bytes.first ?? 1) % 64 + 1
        var rest = bytes[...]
        while !rest.isEmpty, !frames.isOver {
            frames.receive(rest.prefix(step))
            rest = rest.dropFirst(step)
        }
        precondition(received <= bytes.count, "more came out than went in")
        precondition(frames.takeOutput().count <= 300 + 2 * bytes.count, "an answer without end")
    }

    private func packets(_ bytes: [UInt8]) {
        guard let packets = EnginePayload.decode(bytes) else { return }
        // What was understood must mean the same when it is said again.
        precondition(EnginePayload.decode(EnginePayload.encode(packets)) == packets)
    }

    private func packet(_ bytes: [UInt8]) {
        guard let packet = SocketIOPacket(bytes, bounds: SocketIOBounds()) else { return }
        let again = SocketIOPacket(packet.text, bounds: SocketIOBounds())
        precondition(again == packet, "a packet changes when it is said again")
    }

    private func form(_ bytes: [UInt8]) {
        guard let parts = try? Multipart.parts(of: bytes, boundary: "b") else { return }
        decode(.form(parts), PayloadHead(media: MediaType("multipart/form-data")))
    }

    private func payload(_ bytes: [UInt8]) {
        for type in ["application/json", "application/x-ndjson"] {
            decode(.bytes(bytes), PayloadHead(media: MediaType(type)))
        }
        guard let json = try? JSONParser.parse(bytes, takesNonFinite: true),
            let fields = try? Fields(json)
        else { return }
        // A format takes anything, also what another one of the table would have recognised before.
        let message = Message(head: PayloadHead(), fields: fields, receivedAt: epoch)
        for format in decoder.formats.messages { _ = try? format.decode(message, decoder) }
    }

    /// What each format that recognises a body makes of it.
    private func decode(_ content: BodyContent, _ head: PayloadHead) {
        for format in decoder.formats.bodies where format.recognises(head, content) {
            _ = try? format.decode(content, head, decoder, epoch)
        }
    }

    private let decoder = ReadDecoder(limits: Limits())
    private let epoch = Timestamp(milliseconds: 0)

    /// `Authorization`, `Cookie`, `?token=` and the form to sign in with; what is taken for a secret has a secret's form.
    private func credential(_ bytes: [UInt8]) {
        let parts = bytes.split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
        let texts = parts.map { String(decoding: $0, as: UTF8.self) }
        let names = ["Authorization", "Cookie", "Authorization"]
        let headers = Headers(zip(names, texts).map { ($0, $1) })
        let query = texts.first.flatMap { QueryItems.token(in: Array($0.utf8)[...]) }
        _ = try? ShownCredential(headers, queryToken: query)
        for text in texts {
            for kind in Secret.Kind.allCases {
                guard let secret = Secret(text, kind) else { continue }
                precondition(
                    secret.text == text && text.utf8.count == 47,
                    "a secret of another form"
                )
            }
            let place = SignInForm.local(text)
            precondition(place.hasPrefix("/") && !place.hasPrefix("//"), "leads to another site")
        }
        _ = try? CredentialName(texts.first ?? "")
    }

    private func plates(_ bytes: [UInt8]) {
        let text = String(decoding: bytes.prefix(200), as: UTF8.self)
        let normal = PlateText.normalized(text)
        precondition(PlateText.normalized(normal) == normal, "normalisation is not idempotent")
    }
#endif

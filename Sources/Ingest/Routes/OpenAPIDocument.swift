import Core

enum OpenAPIDocument {
    static var response: Response { .json(bytes: Array("{}".utf8)) }
}

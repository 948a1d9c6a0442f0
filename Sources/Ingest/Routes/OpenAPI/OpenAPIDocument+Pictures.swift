extension OpenAPIDocument {
    /// The calls by which pictures arrive later than their reads.
    static var picturePaths: [Path] {
        let body = ["image/jpeg", "image/png", "image/webp", "image/bmp"]
            .map { "\"\($0)\":{\"schema\":{\"type\":\"string\",\"format\":\"binary\"}}" }
            .joined(separator: ",")
        let answers = [
            answer(201, reference("PictureKept"), "Kept: on disk"),
            answer(200, reference("PictureKept"), "The very same picture was kept before"),
            """
            "409":{"description":"The record has another picture of this kind",\
            "content":{\(json(reference("Error")))}}
            """,
        ]
        return [
            Path(
                path: "/api/records/{id}/pictures/{kind}",
                operations: [
                    operation(
                        "put",
                        "Add a picture to a kept read",
                        parameters: [parameter("id"), parameter("kind")],
                        body: body,
                        answers: answers
                    )
                ]
            ),
            Path(
                path: "/api/pictures",
                operations: [
                    operation(
                        "post",
                        "Add a picture to the kept read of a camera's event id",
                        parameters: [
                            parameter("required_camera"), parameter("required_event"),
                            parameter("query_kind"),
                        ],
                        body: body,
                        answers: answers
                    )
                ]
            ),
        ]
    }
}

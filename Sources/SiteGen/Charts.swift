/// Charts as static SVG; colours come from the site's style sheet.
enum Charts {
    /// One bar: its label, its value, and the highlighted part of it.
    struct Bar {
        let label: String
        /// The tooltip.
        let title: String
        let value: Int
        let part: Int
        /// Whether the label is shown; if bars are dense, not every one is.
        let showsLabel: Bool
    }

    private static let width = 720.0
    private static let height = 220.0
    private static let left = 46.0
    private static let bottom = 26.0
    private static let top = 12.0

    /// Vertical bars with grid lines.
    static func columns(_ bars: [Bar], title: String) -> String {
        let ceiling = ceiling(of: bars.map(\.value).max() ?? 0)
        let plotHeight = height - top - bottom
        let step = (width - left - 6) / Double(max(1, bars.count))
        var svg: SVG = """
            <svg class="chart" viewBox="0 0 \(width) \(height)" role="img" \
            aria-label="\(title)"><title>\(title)</title>
            """
        for tick in 0...4 {
            let y = top + plotHeight * (1 - Double(tick) / 4)
            let value = ceiling * tick / 4
            svg += """
                <line class="grid" x1="\(left)" y1="\(y)" x2="\(width)" \
                y2="\(y)"/><text class="axis" x="\(left - 6)" y="\(y + 4)" \
                text-anchor="end">\(grouped: value)</text>
                """
        }
        for (index, bar) in bars.enumerated() {
            let x = left + Double(index) * step + step * 0.12
            let barWidth = step * 0.76
            let full = plotHeight * Double(bar.value) / Double(ceiling)
            let part = plotHeight * Double(bar.part) / Double(ceiling)
            svg += "<g><title>\(bar.title)</title>"
            svg += rectangle("bar", x, top + plotHeight - full, barWidth, full)
            if bar.part > 0 {
                svg += rectangle("hit", x, top + plotHeight - max(part, 2), barWidth, max(part, 2))
            }
            // The whole column reacts to the pointer, however short its bar is.
            svg += rectangle("touch", left + Double(index) * step, top, step, plotHeight)
            svg += "</g>"
            if bar.showsLabel {
                svg += """
                    <text class="axis" x="\(x + barWidth / 2)" y="\(height - 8)" \
                    text-anchor="middle">\(bar.label)</text>
                    """
            }
        }
        svg += "</svg>"
        return svg.text
    }

    /// Horizontal bars, each with its name and value.
    static func rows(_ bars: [Bar], title: String) -> String {
        let rowHeight = 28.0
        let height = max(rowHeight, rowHeight * Double(bars.count)) + 4
        let most = Double(max(1, bars.map(\.value).max() ?? 1))
        var svg: SVG = """
            <svg class="chart rows" viewBox="0 0 \(width) \(height)" role="img" \
            aria-label="\(title)"><title>\(title)</title>
            """
        for (index, bar) in bars.enumerated() {
            let y = Double(index) * rowHeight + 4
            let length = (width - 310) * Double(bar.value) / most
            svg += "<g><title>\(bar.title)</title>"
            svg += """
                <text class="name" x="0" y="\(y + 15)">\(shortened(bar.label))</text>
                """
            svg += rectangle("bar", 200, y + 2, max(length, 1), rowHeight - 10)
            if bar.part > 0 {
                let part = (width - 310) * Double(bar.part) / most
                svg += rectangle("hit", 200, y + 2, max(part, 2), rowHeight - 10)
            }
            svg += """
                <text class="value" x="\(206 + max(length, 1))" y="\(y + 15)">\
                \(grouped: bar.value)</text></g>
                """
        }
        svg += "</svg>"
        return svg.text
    }

    /// The next round number that is divisible into four even steps.
    static func ceiling(of value: Int) -> Int {
        var unit = 4
        while true {
            for factor in [1, 2, 5] where unit * factor >= value { return unit * factor }
            unit *= 10
        }
    }

    /// A number with thousands separators, as used in both languages.
    static func grouped(_ number: Int) -> String {
        var bytes: [UInt8] = []
        bytes.append(number: number, groupedBy: 3)
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func rectangle(
        _ kind: String,
        _ x: Double,
        _ y: Double,
        _ width: Double,
        _ height: Double
    ) -> SVG {
        """
        <rect class="\(kind)" x="\(x)" y="\(y)" width="\(width)" \
        height="\(height)"/>
        """
    }

    private static func shortened(_ text: String) -> String {
        text.count <= 22 ? text : text.prefix(21) + "…"
    }
}

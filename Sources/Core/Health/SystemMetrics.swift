import Foundation

/// Metrics of the machine, from Linux's `/proc`.
struct SystemMetrics {
    /// Memory use in percent.
    let memoryUsedPercent: Double
    /// Total memory in bytes.
    let memoryBytes: Int64
    /// Runnable processes per core, one-minute average, in percent.
    let loadPercent: Double
    /// Cores.
    let cores: Int
    /// The resident set size of this process.
    let residentBytes: Int64

    /// Nil if `/proc` cannot be read.
    static func now() -> SystemMetrics? {
        guard let memory = lines(of: "/proc/meminfo"), let load = lines(of: "/proc/loadavg")?.first,
            let total = kibibytes("MemTotal:", in: memory),
            let available = kibibytes("MemAvailable:", in: memory), total > 0,
            let oneMinute = load.split(separator: " ").first.flatMap({ Double($0) })
        else { return nil }
        let cores = max(1, ProcessInfo.processInfo.activeProcessorCount)
        let status = lines(of: "/proc/self/status") ?? []
        return SystemMetrics(
            memoryUsedPercent: Double(total - available) / Double(total) * 100,
            memoryBytes: total * 1_024,
            loadPercent: oneMinute / Double(cores) * 100,
            cores: cores,
            residentBytes: (kibibytes("VmRSS:", in: status) ?? 0) * 1_024
        )
    }

    private static func lines(of path: String) -> [Substring]? {
        (try? String(contentsOfFile: path, encoding: .utf8))?.split(separator: "\n")
    }

    /// The number in a line like `MemTotal:  24000 kB`.
    private static func kibibytes(_ name: String, in lines: [Substring]) -> Int64? {
        lines.first { $0.hasPrefix(name) }?
            .split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first
            .flatMap { Int64($0) }
    }
}

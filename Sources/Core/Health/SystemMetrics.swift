import Foundation

/// What Linux says of the machine, from `/proc`.
struct SystemMetrics {
    /// Percent of memory that is in use.
    let memoryUsedPercent: Double
    /// Bytes of memory in all.
    let memoryBytes: Int64
    /// Processes that ran or waited to run, on average over one minute, for each core, in percent.
    let loadPercent: Double
    /// Cores.
    let cores: Int
    /// Bytes of memory that this process occupies.
    let residentBytes: Int64

    /// Nil where `/proc` cannot be read.
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

    /// The number of a line like `MemTotal:  24000 kB`.
    private static func kibibytes(_ name: String, in lines: [Substring]) -> Int64? {
        lines.first { $0.hasPrefix(name) }?
            .split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first
            .flatMap { Int64($0) }
    }
}

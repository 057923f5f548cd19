/// How long ago, in the words of Docker's tables.
enum Age {
    /// Such as `5 minutes`.
    ///
    /// - Parameter nanoseconds: How much time it is; what is negative counts as nothing.
    static func text(_ nanoseconds: Int64) -> String {
        let seconds = nanoseconds / 1_000_000_000
        let minutes = seconds / 60
        let hours = Int64((Double(seconds) / 3600).rounded())
        switch true {
        case seconds < 1: return "Less than a second"
        case seconds == 1: return "1 second"
        case seconds < 60: return "\(seconds) seconds"
        case minutes == 1: return "About a minute"
        case minutes < 60: return "\(minutes) minutes"
        case hours == 1: return "About an hour"
        case hours < 48: return "\(hours) hours"
        case hours < 24 * 7 * 2: return "\(hours / 24) days"
        case hours < 24 * 30 * 2: return "\(hours / 24 / 7) weeks"
        case hours < 24 * 365 * 2: return "\(hours / 24 / 30) months"
        default: return "\(seconds / 3600 / 24 / 365) years"
        }
    }

    /// Such as `5 minutes ago`; nothing for a time that is not known.
    static func since(_ time: Int64, now: Int64) -> String {
        time > 0 ? text(now - time) + " ago" : "N/A"
    }
}

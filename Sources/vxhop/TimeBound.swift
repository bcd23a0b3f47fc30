import ArgumentParser

/// A moment on the command line: seconds since 1970, an ISO 8601 time in UTC, or a time of the day on
/// which the captures begin.
enum TimeBound: Equatable {
  case sinceEpoch(Int64)
  case timeOfDay(Int64)

  static let nanosecondsPerSecond: Int64 = 1_000_000_000
  static let nanosecondsPerDay = 86_400 * nanosecondsPerSecond

  init(parsing text: String) throws {
    guard let bound = Self(text) else {
      throw ValidationError(
        "'\(text)' is no time: use HH:MM:SS, YYYY-MM-DDTHH:MM:SSZ or seconds since 1970, each with decimals or without."
      )
    }
    self = bound
  }

  private init?(_ text: String) {
    var trimmed = text[...]
    for zone in ["Z", " UTC", "+00:00"] where trimmed.hasSuffix(zone) {
      trimmed = trimmed.dropLast(zone.count)
    }
    if let separator = trimmed.firstIndex(where: { $0 == "T" || $0 == " " }) {
      guard let day = Self.day(trimmed[..<separator]),
        let time = Self.time(trimmed[trimmed.index(after: separator)...])
      else { return nil }
      self = .sinceEpoch(day * Self.nanosecondsPerDay + time)
    } else if trimmed.contains(":") {
      guard let time = Self.time(trimmed) else { return nil }
      self = .timeOfDay(time)
    } else {
      guard let time = Self.seconds(trimmed) else { return nil }
      self = .sinceEpoch(time)
    }
  }

  /// In nanoseconds since 1970; `start` is when the captures begin.
  func nanoseconds(from start: Int64) -> Int64 {
    switch self {
    case .sinceEpoch(let time): time
    case .timeOfDay(let time):
      start - start.quotientAndRemainder(dividingBy: Self.nanosecondsPerDay).remainder + time
    }
  }

  private static func time(_ text: Substring) -> Int64? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2 || parts.count == 3, let hours = Int64(parts[0]), 0..<24 ~= hours,
      let minutes = Int64(parts[1]), 0..<60 ~= minutes,
      let seconds = parts.count == 3 ? seconds(parts[2]) : 0,
      seconds < 61 * nanosecondsPerSecond
    else { return nil }
    return (hours * 3600 + minutes * 60) * nanosecondsPerSecond + seconds
  }

  /// Seconds with up to nine decimals, as nanoseconds.
  private static func seconds(_ text: Substring) -> Int64? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, let whole = Int64(parts[0]), whole >= 0, whole < 9_000_000_000 else {
      return nil
    }
    guard parts.count == 2 else { return whole * nanosecondsPerSecond }
    let digits = parts[1].prefix(9)
    guard !digits.isEmpty, parts[1].allSatisfy(\.isASCIIDigit), let fraction = Int64(digits) else {
      return nil
    }
    let scale = (digits.count..<9).reduce(Int64(1)) { product, _ in product * 10 }
    return whole * nanosecondsPerSecond + fraction * scale
  }

  /// Days since 1970-01-01 of a date in the Gregorian calendar.
  private static func day(_ text: Substring) -> Int64? {
    let parts = text.split(separator: "-")
    guard parts.count == 3, let year = Int64(parts[0]), 1970..<2262 ~= year,
      let month = Int64(parts[1]), 1...12 ~= month, let day = Int64(parts[2]), 1...31 ~= day
    else { return nil }
    // The year is taken to begin in March, so that the leap day is its last.
    let shifted = month > 2 ? year : year - 1
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return 365 * shifted + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
  }
}

extension Character {
  fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
}

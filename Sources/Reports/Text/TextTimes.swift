/// Durations and times of day as people read them.
enum TextTimes {
  /// A unit that durations are written in, and its nanoseconds.
  private struct Unit {
    let name: String
    let length: Double
  }

  private static let units = [
    Unit(name: "ns", length: 1), Unit(name: "µs", length: 1e3), Unit(name: "ms", length: 1e6),
    Unit(name: "s", length: 1e9),
  ]

  /// `850 ns`, `22 µs`, `1.2 ms`, with `error` as `4±2 µs`.
  static func duration(_ nanoseconds: Int64, error: Int64? = nil) -> String {
    if nanoseconds == 0 && error == nil { return "0" }
    let magnitude = Double(nanoseconds.magnitude)
    // 999.5 µs would round to 1000 µs.
    let unit =
      units.last { magnitude >= $0.length * 0.9995 } ?? (error == nil ? units[0] : units[1])
    let value = Double(nanoseconds) / unit.length
    let text = TextNumbers.decimal(value, places: value.magnitude < 10 ? 1 : 0)
    guard let error, error > 0 else { return text + " " + unit.name }
    // As many decimals as the value has, unless nothing would be left of the bound.
    let bound = Double(error) / unit.length
    let places = bound < 0.05 ? 2 : bound < 0.5 || value.magnitude < 10 && bound < 10 ? 1 : 0
    return text + "±" + TextNumbers.decimal(bound, places: places) + " " + unit.name
  }

  /// `+22 µs`
  static func delay(_ nanoseconds: Int64, error: Int64?) -> String {
    (nanoseconds < 0 ? "" : "+") + duration(nanoseconds, error: error)
  }

  /// `12.4 s`, `16 min 40 s`, `5 h 12 min`, `9 d 3 h`
  static func span(_ nanoseconds: Int64) -> String {
    let seconds = Double(nanoseconds) / 1e9
    if seconds < 1 { return duration(nanoseconds) }
    if seconds < 999.95 {
      return TextNumbers.decimal(seconds, places: seconds < 10 ? 2 : 1) + " s"
    }
    let whole = Int64(seconds.rounded())
    let (days, hours, minutes) = (whole / 86_400, whole / 3600 % 24, whole / 60 % 60)
    if days > 0 { return "\(TextNumbers.grouped(UInt64(days))) d \(hours) h" }
    return hours > 0 ? "\(hours) h \(minutes) min" : "\(minutes) min \(whole % 60) s"
  }

  /// `15:03:08.349061` UTC; with nine decimals if the time has nanoseconds.
  static func timeOfDay(_ time: Int64) -> String {
    let (seconds, nanoseconds) = time.dividedRoundingDown(by: 1_000_000_000)
    let second = seconds.dividedRoundingDown(by: 86_400).remainder
    let hasNanoseconds = nanoseconds % 1000 != 0
    let fraction = hasNanoseconds ? nanoseconds : nanoseconds / 1000
    return clock(second) + "." + digits(fraction, hasNanoseconds ? 9 : 6)
  }

  /// `2026-11-22 15:03:08 UTC`
  static func moment(_ time: Int64) -> String {
    let seconds = time.dividedRoundingDown(by: 1_000_000_000).quotient
    let (day, second) = seconds.dividedRoundingDown(by: 86_400)
    return date(day) + " " + clock(second) + " UTC"
  }

  private static func clock(_ second: Int64) -> String {
    digits(second / 3600, 2) + ":" + digits(second / 60 % 60, 2) + ":" + digits(second % 60, 2)
  }

  /// The proleptic Gregorian date of a day since 1970-01-01, counted in eras of 400 years that
  /// begin on 1 March, so that leap days come last.
  private static func date(_ day: Int64) -> String {
    let (era, dayOfEra) = (day + 719_468).dividedRoundingDown(by: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let dayOfMonth = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    let year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
    return digits(year, 4) + "-" + digits(month, 2) + "-" + digits(dayOfMonth, 2)
  }

  private static func digits(_ number: Int64, _ count: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, count - text.count)) + text
  }
}

extension Int64 {
  /// Like `quotientAndRemainder`, but with a remainder that is never negative.
  fileprivate func dividedRoundingDown(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}

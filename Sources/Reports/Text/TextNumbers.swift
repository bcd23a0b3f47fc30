/// Numbers as people read them.
enum TextNumbers {
  /// `3,438`
  static func grouped(_ number: UInt64) -> String {
    let digits = String(number)
    var remaining = digits.utf8.count
    guard remaining > 3 else { return digits }
    var result = ""
    for digit in digits.unicodeScalars {
      result.unicodeScalars.append(digit)
      remaining -= 1
      if remaining > 0 && remaining % 3 == 0 { result.append(",") }
    }
    return result
  }

  /// `1 packet`, `3,438 packets`
  static func counted(_ number: UInt64, _ noun: String) -> String {
    grouped(number) + " " + noun + (number == 1 ? "" : "s")
  }

  /// `14.3 %`
  static func percent(_ part: UInt64, of whole: UInt64) -> String {
    guard whole > 0 else { return "n/a" }
    let ratio = Double(part) / Double(whole) * 100
    if ratio > 0 && ratio < 0.01 { return "< 0.01 %" }
    if ratio < 0.1 { return decimal(ratio, places: 2) + " %" }
    // A little less than everything must not read as everything.
    let tenths = part < whole ? min(UInt64((ratio * 10).rounded()), 999) : 1000
    return tenths == 1000 ? "100 %" : "\(tenths / 10).\(tenths % 10) %"
  }

  /// `2.1 kB`: bytes in powers of 1000.
  static func bytes(_ count: UInt64) -> String {
    let units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"]
    var value = Double(count)
    var unit = 0
    while value >= 999.5 && unit < units.count - 1 {
      value /= 1000
      unit += 1
    }
    return decimal(value, places: unit > 0 && value < 10 ? 1 : 0) + " " + units[unit]
  }

  /// Rounded, without a decimal part that is zero.
  static func decimal(_ value: Double, places: Int) -> String {
    let scale = places == 2 ? 100.0 : places == 1 ? 10.0 : 1.0
    let scaled = UInt64((value.magnitude * scale).rounded())
    let (whole, rest) = scaled.quotientAndRemainder(dividingBy: UInt64(scale))
    let sign = value < 0 && scaled > 0 ? "−" : ""
    guard rest > 0 else { return sign + String(whole) }
    let digits = String(rest)
    let fraction = String(repeating: "0", count: places - digits.count) + digits
    return sign + "\(whole)." + (fraction.hasSuffix("0") ? String(fraction.dropLast()) : fraction)
  }
}

import ArgumentParser

/// How far a node's clock is ahead, on the command line: `n2=+1.5ms`.
struct ClockOffset: Equatable {
  let node: String
  /// Nanoseconds; negative for a clock that is behind.
  let offset: Int64

  private static let units: [(suffix: String, nanoseconds: Double)] = [
    ("ns", 1), ("us", 1e3), ("µs", 1e3), ("ms", 1e6), ("s", 1e9),
  ]

  init(parsing text: String) throws {
    guard let offset = Self(text) else {
      throw ValidationError(
        "'\(text)' is no clock: use NODE=OFFSET, as n2=+1.5ms or n2=-3s (ns, us, ms, s).")
    }
    self = offset
  }

  private init?(_ text: String) {
    guard let separator = text.lastIndex(of: "="), separator > text.startIndex else { return nil }
    let value = text[text.index(after: separator)...]
    guard let unit = Self.units.first(where: { value.hasSuffix($0.suffix) }) else { return nil }
    let number = value.dropLast(unit.suffix.count)
    let isPlain = number.allSatisfy { "+-.0123456789".contains($0) }
    guard isPlain, let amount = Double(number),
      let offset = Int64(exactly: (amount * unit.nanoseconds).rounded()),
      offset.magnitude < 1 << 60
    else { return nil }
    node = String(text[..<separator])
    self.offset = offset
  }
}

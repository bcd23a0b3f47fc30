/// How an interface counts time: the options `if_tsresol` and `if_tsoffset`.
///
/// draft-ietf-opsawg-pcapng, section 4.2: the resolution's most significant bit says whether the
/// other bits are a negative power of 2 or of 10; the offset is in seconds.
struct TimestampUnit: BitwiseCopyable, Equatable {
  /// The value of `if_tsresol` where it is absent: microseconds.
  static let defaultResolution: UInt8 = 6

  private enum Scale: BitwiseCopyable, Equatable {
    /// Nanoseconds in a unit.
    case multiple(UInt64)
    /// Units in a nanosecond.
    case fraction(UInt64)
    /// Units in a second, as a power of 2.
    case binary(exponent: UInt8)
  }

  private let scale: Scale
  /// In nanoseconds.
  private let offset: Int64

  init(resolution: UInt8 = defaultResolution, offsetSeconds: Int64 = 0) {
    if resolution & 0x80 != 0 {
      scale = .binary(exponent: resolution & 0x7f)
    } else if resolution <= 9 {
      scale = .multiple(Self.powerOfTen(9 - resolution))
    } else {
      scale = .fraction(Self.powerOfTen(resolution - 9))
    }
    let (product, overflow) = offsetSeconds.multipliedReportingOverflow(by: 1_000_000_000)
    offset = overflow ? (offsetSeconds < 0 ? .min : .max) : product
  }

  /// Nanoseconds since 1970; the nearest possible time if that exceeds 64 bits.
  func nanoseconds(_ timestamp: UInt64) -> Int64 {
    let elapsed: UInt64
    switch scale {
    case .multiple(let factor):
      let (product, overflow) = timestamp.multipliedReportingOverflow(by: factor)
      elapsed = overflow ? .max : product
    case .fraction(let divisor):
      elapsed = timestamp / divisor
    case .binary(let exponent):
      let product = (UInt128(timestamp) * 1_000_000_000) >> UInt128(exponent)
      elapsed = UInt64(clamping: product)
    }
    let (sum, overflow) = offset.addingReportingOverflow(Int64(clamping: elapsed))
    return overflow ? .max : sum
  }

  /// Nanoseconds in a unit, not less than 1.
  var resolution: Int64 {
    switch scale {
    case .multiple(let factor): Int64(factor)
    case .fraction: 1
    case .binary(let exponent): exponent < 30 ? 1_000_000_000 >> Int64(exponent) : 1
    }
  }

  /// 10 to a power, or the greatest one below 2⁶⁴.
  private static func powerOfTen(_ exponent: UInt8) -> UInt64 {
    (0..<min(exponent, 19)).reduce(1) { power, _ in power * 10 }
  }
}

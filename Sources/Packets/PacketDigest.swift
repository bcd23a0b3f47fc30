/// Hashes with a fixed seed: the same packet gives the same number on every node and in every run.
///
/// One step multiplies two 64-bit words to 128 bits and folds the halves, as wyhash and rapidhash do.
@usableFromInline enum PacketDigest {
  /// Digits of the fractional parts of √2, √3, √5 and √7, as odd numbers.
  @inlinable static var seed0: UInt64 { 0x6a09_e667_f3bc_c909 }
  @inlinable static var seed1: UInt64 { 0xbb67_ae85_84ca_a73b }
  @inlinable static var seed2: UInt64 { 0x3c6e_f372_fe94_f82b }
  @inlinable static var seed3: UInt64 { 0xa54f_f53a_5f1d_36f1 }

  @inlinable @inline(always)
  static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let product = a.multipliedFullWidth(by: b)
    return product.high ^ product.low
  }

  /// A digest of the first `count` bytes, which must be there; 0 for none.
  @inline(always)
  static func digest(_ bytes: RawSpan, count: Int) -> UInt32 {
    guard count > 0 else { return 0 }
    precondition(count <= bytes.byteCount)
    let bytes = HeaderBytes(bytes, from: 0)
    var state = seed0 ^ UInt64(truncatingIfNeeded: count)
    var offset = 0
    while count - offset > 16 {
      state = mix(
        bytes.networkUInt64(at: offset) ^ seed1, bytes.networkUInt64(at: offset + 8) ^ state)
      offset += 16
    }
    // The last 16 bytes may overlap the ones before: their number is in the state already.
    let first: UInt64
    let second: UInt64
    if count >= 16 {
      first = bytes.networkUInt64(at: count - 16)
      second = bytes.networkUInt64(at: count - 8)
    } else if count >= 8 {
      first = bytes.networkUInt64(at: 0)
      second = bytes.networkUInt64(at: count - 8)
    } else if count >= 4 {
      first = UInt64(bytes.networkUInt32(at: 0))
      second = UInt64(bytes.networkUInt32(at: count - 4))
    } else {
      first = UInt64(bytes.byte(at: 0)) << 8 | UInt64(bytes.byte(at: count / 2))
      second = UInt64(bytes.byte(at: count - 1))
    }
    let mixed = mix(mix(first ^ seed2, second ^ state), seed3)
    return UInt32(truncatingIfNeeded: mixed ^ mixed >> 32)
  }
}

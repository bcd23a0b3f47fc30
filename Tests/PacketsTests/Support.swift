import Testing

@testable import Packets

/// Bytes from hexadecimal digits; blanks and line ends may stand anywhere.
func hex(_ text: String) -> [UInt8] {
  let digits = text.utf8.compactMap(hexadecimalValue(of:))
  return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

func bigEndian16(_ value: Int) -> [UInt8] { [UInt8(value >> 8 & 0xff), UInt8(value & 0xff)] }

func decoded(
  _ frame: [UInt8], linkType: UInt16 = 1, originalLength: Int? = nil,
  ports: [UInt16] = [8472, 4789]
) -> PacketSummary {
  var options = DecodingOptions()
  options.vxlanPorts = PortList(ports)
  var summary = PacketSummary()
  if let decoder = PacketDecoder(linkType: linkType, options: options) {
    decoder.decode(
      frame.span.bytes, originalLength: UInt32(originalLength ?? frame.count), into: &summary)
  } else {
    Issue.record("link type \(linkType) is not supported")
  }
  return summary
}

/// Frames built layer by layer, from the inside out. Checksums are left zero: nothing judges them.
enum Build {
  static let source: [UInt8] = [10, 244, 1, 7]
  static let destination: [UInt8] = [10, 244, 2, 9]

  static func ethernet(_ payload: [UInt8], type: Int = 0x0800) -> [UInt8] {
    hex("02 00 00 00 00 01  02 00 00 00 00 02") + bigEndian16(type) + payload
  }

  static func ipv4(
    _ payload: [UInt8], protocol number: UInt8, source: [UInt8] = source,
    destination: [UInt8] = destination, identification: Int = 0x1234, fragment: Int = 0x4000,
    timeToLive: UInt8 = 64, trafficClass: UInt8 = 0, totalLength: Int? = nil
  ) -> [UInt8] {
    [0x45, trafficClass] + bigEndian16(totalLength ?? 20 + payload.count)
      + bigEndian16(identification) + bigEndian16(fragment) + [timeToLive, number, 0, 0]
      + source + destination + payload
  }

  /// 2001:db8::1 to 2001:db8::2.
  static func ipv6(
    _ payload: [UInt8], nextHeader: UInt8, payloadLength: Int? = nil, hopLimit: UInt8 = 64
  ) -> [UInt8] {
    hex("60 00 00 00") + bigEndian16(payloadLength ?? payload.count) + [nextHeader, hopLimit]
      + hex("20010db8 00000000 00000000 00000001  20010db8 00000000 00000000 00000002") + payload
  }

  static func udp(
    _ payload: [UInt8], source: Int = 40000, destination: Int = 53, length: Int? = nil
  ) -> [UInt8] {
    bigEndian16(source) + bigEndian16(destination) + bigEndian16(length ?? 8 + payload.count)
      + [0, 0] + payload
  }

  static func tcp(
    _ payload: [UInt8], source: Int = 40000, destination: Int = 80, sequence: Int = 0x0102_0304,
    acknowledgment: Int = 0x0506_0708, flags: UInt8 = 0x18, options: [UInt8] = []
  ) -> [UInt8] {
    bigEndian16(source) + bigEndian16(destination) + bigEndian16(sequence >> 16)
      + bigEndian16(sequence) + bigEndian16(acknowledgment >> 16) + bigEndian16(acknowledgment)
      + [UInt8((5 + options.count / 4) << 4), flags, 0xff, 0xff, 0, 0, 0, 0] + options + payload
  }

  static func icmp(
    _ payload: [UInt8], type: UInt8 = 8, code: UInt8 = 0, identifier: Int = 77, sequence: Int = 5
  ) -> [UInt8] {
    [type, code, 0, 0] + bigEndian16(identifier) + bigEndian16(sequence) + payload
  }

  static func vxlan(_ frame: [UInt8], header: String = "08 000000 000001 00") -> [UInt8] {
    hex(header) + frame
  }

  /// `inner` from VTEP 192.168.0.1 to 192.168.0.2.
  static func tunnelled(
    _ inner: [UInt8], port: Int = 8472, header: String = "08 000000 000001 00"
  ) -> [UInt8] {
    ethernet(
      ipv4(
        udp(vxlan(inner, header: header), destination: port), protocol: 17,
        source: [192, 168, 0, 1], destination: [192, 168, 0, 2], identification: 0xbeef))
  }
}

/// SplitMix64: the same numbers in every run.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }
}

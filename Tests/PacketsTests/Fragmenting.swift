@testable import Packets

/// Outer packets cut into fragments, and what a reassembly makes of them.
enum Fragmenting {
  /// A piece of a payload: from where, how many bytes, whether it says that more follow.
  struct Piece {
    var start: Int
    var count: Int
    var isLast: Bool
  }

  static func pieces(of count: Int, every size: Int) -> [Piece] {
    stride(from: 0, to: count, by: size).map {
      Piece(start: $0, count: min(size, count - $0), isLast: $0 + size >= count)
    }
  }

  /// From 192.168.0.1 to 192.168.0.2, in Ethernet.
  static func version4(
    _ payload: [UInt8], _ piece: Piece, protocol number: UInt8 = 17, identification: Int = 0xbeef
  ) -> [UInt8] {
    Build.ethernet(
      Build.ipv4(
        Array(payload[piece.start..<piece.start + piece.count]), protocol: number,
        source: [192, 168, 0, 1], destination: [192, 168, 0, 2], identification: identification,
        fragment: (piece.isLast ? 0 : 0x2000) | piece.start / 8))
  }

  /// Between 2001:db8::1 and 2001:db8::2, behind a hop-by-hop header that does nothing.
  /// `nextHeader` is what the fragmented part begins with.
  static func version6(
    _ payload: [UInt8], _ piece: Piece, identification: UInt8 = 7, nextHeader: UInt8 = 17
  ) -> [UInt8] {
    let header =
      hex("2c 00 01 04 00 00 00 00") + [nextHeader, 0]
      + bigEndian16(piece.start | (piece.isLast ? 0 : 1))
      + [0, 0, 0, identification]
    return Build.ethernet(
      Build.ipv6(header + payload[piece.start..<piece.start + piece.count], nextHeader: 0),
      type: 0x86dd)
  }
}

extension FragmentReassembly {
  mutating func add(
    _ frame: [UInt8], linkType: UInt16 = 1, originalLength: Int? = nil, time: Int64 = 0,
    number: UInt64 = 1
  ) -> Outcome {
    let summary = decoded(frame, linkType: linkType, originalLength: originalLength)
    return add(frame: frame.span.bytes, summary: summary, time: time, frameNumber: number)
  }

  /// What the completed packet is decoded to.
  func decodedPacket(linkType: UInt16 = 1) throws -> PacketSummary {
    let decoder = PacketDecoder(linkType: linkType, options: DecodingOptions())
    var summary = PacketSummary()
    decoder?.decode(packet, originalLength: originalLength, into: &summary)
    return summary
  }
}

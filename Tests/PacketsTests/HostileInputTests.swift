import TestSupport
import Testing

@testable import Packets

/// Nothing that a capture holds may stop the program: a trap would end this test run.
@Suite struct HostileInputTests {
  static let linkTypes: [UInt16] = [1, 113, 276, 101, 228, 229, 0, 108, 9, 50, 104]

  static let frames: [[UInt8]] = {
    let tcp = Build.tcp(Array(repeating: 3, count: 40), options: Array(repeating: 1, count: 8))
    let inner = Build.ethernet(Build.ipv4(tcp, protocol: 6))
    let six = Build.ethernet(
      Build.ipv6(
        hex("3c 00 01 04 00 00 00 00") + hex("11 00 00 01 00 00 00 01") + Build.udp([1]),
        nextHeader: 44),
      type: 0x86dd)
    let jumbo = Build.ethernet(
      Build.ipv6(hex("06 00 c2 04 00 01 38 80") + tcp, nextHeader: 0, payloadLength: 0),
      type: 0x86dd)
    return [
      inner, six, jumbo, Build.tunnelled(inner), Build.tunnelled(six), Build.tunnelled(jumbo),
      Build.tunnelled(Build.tunnelled(Build.tunnelled(inner))), Build.tunnelled(inner, port: 9999),
      Build.ethernet(Build.ipv4(Build.icmp([1, 2, 3]), protocol: 1)),
      Build.ethernet(hex("11 00 0001 0040 0021") + inner.dropFirst(14), type: 0x8864),
      Build.ethernet(hex("00010140") + inner.dropFirst(14), type: 0x8847),
      Build.ethernet(hex("aaaa03 000000 0800") + inner.dropFirst(14), type: 60),
    ] + TunnelCase.all.map { $0.outer(Array(inner.dropFirst(14))) }
  }()

  /// Decodes by every link type, with lengths on the wire that may be wrong as well.
  private func decodeAnyhow(_ bytes: [UInt8], _ generator: inout SeededGenerator) {
    for linkType in Self.linkTypes {
      let lengths = [0, bytes.count, bytes.count + 40, Int(UInt32.max)]
      let summary = decoded(
        bytes, linkType: linkType, originalLength: lengths.randomElement(using: &generator))
      #expect(summary.network.offset <= UInt32(bytes.count))
    }
  }

  @Test func randomBytes() {
    var generator = SeededGenerator(state: 1)
    for _ in 0..<5_000 {
      let count = Int.random(in: 0...200, using: &generator)
      decodeAnyhow(
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }, &generator)
    }
  }

  @Test func mutatedFrames() {
    var generator = SeededGenerator(state: 2)
    for _ in 0..<1_500 {
      for frame in Self.frames {
        var bytes = Array(frame.prefix(Int.random(in: 0...frame.count, using: &generator)))
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
          let index = Int.random(in: 0..<bytes.count, using: &generator)
          let edges: [UInt8] = [
            0, 1, 0x7f, 0x80, 0xff, UInt8.random(in: 0...255, using: &generator),
          ]
          bytes[index] = edges.randomElement(using: &generator) ?? 0
        }
        decodeAnyhow(bytes, &generator)
      }
    }
  }

  /// Captures of other projects, many of them from fuzzers, and their frames cut at every length.
  @Test(.enabled(if: SharedCaptures.arePresent, "\(SharedCaptures.skipReason)"))
  func sharedCaptures() {
    var generator = SeededGenerator(state: 3)
    for entry in SharedCaptures.entries {
      guard let capture = PcapFrames(path: entry.path) else { continue }
      for frame in capture.frames.prefix(10) {
        for count in 0...min(frame.bytes.count, 160) {
          decodeAnyhow(Array(frame.bytes.prefix(count)), &generator)
        }
      }
    }
  }

  /// No digest length that a caller may ask for is too long.
  @Test(arguments: [Int.min, -1, 0, 1, 16, 1 << 40, Int.max])
  func digestLengths(length: Int) throws {
    var options = DecodingOptions()
    options.digestLengths.shorten(to: length, protocol: 17, version: 4)
    let decoder = try #require(PacketDecoder(linkType: 1, options: options))
    var summary = PacketSummary()
    let frame = Build.ethernet(Build.ipv4(Build.udp(Array(0..<50)), protocol: 17))
    decoder.decode(frame.span.bytes, originalLength: UInt32(frame.count), into: &summary)
    #expect(summary.end == .complete)
    #expect(summary.transport.isDigestComplete)
  }
}

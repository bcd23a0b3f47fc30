import Captures
import Decapsulation
import TestSupport
import Testing

/// Outer packets that came in fragments.
struct FragmentTests {
  private static let payload = DecapsulationTests.udp(
    DecapsulationTests.vxlan(DecapsulationTests.inner), to: 8472)

  /// Parts of 24 bytes of the outer packet's payload.
  static let fragments = stride(from: 0, to: payload.count, by: 24).map { start in
    let end = min(start + 24, payload.count)
    let more: UInt16 = end < payload.count ? 0x2000 : 0
    return DecapsulationTests.ethernet(
      DecapsulationTests.ipv4(
        Array(payload[start..<end]), protocol: 17, fragment: more | UInt16(start / 8)))
  }

  @Test func putTogether() throws {
    let plain = DecapsulationTests.inner
    let frames = [Self.fragments[1], Self.fragments[0], plain] + Self.fragments.dropFirst(2)
    let done = try Decapsulated(capture: DecapsulationTests.capture(frames))
    let written = try done.frames()
    #expect(written.map(\.bytes) == [plain, DecapsulationTests.inner])
    // It is there when its last fragment is.
    #expect(
      written.last?.time == Int64(DecapsulationTests.seconds) * 1_000_000_000 + Int64(frames.count)
        + 6)
    #expect(done.counts.joinedFragments == UInt64(Self.fragments.count))
    #expect(done.counts.joinedPackets == 1)
    let comment = try done.tshark(["frame.comment"]).last?["frame.comment"]
    #expect(comment?.hasSuffix("put together from \(Self.fragments.count) fragments") == true)
  }

  @Test func incomplete() throws {
    let frames = Array(Self.fragments.dropLast())
    let done = try Decapsulated(capture: DecapsulationTests.capture(frames))
    #expect(done.counts.incompletePackets == 1)
    #expect(done.counts.truncated == 0)
    // The first one, cut as if by the capture, and the others as they are.
    let written = try done.frames()
    #expect(written.first?.bytes == Array(DecapsulationTests.inner.prefix(8)))
    #expect(written.first?.originalLength == UInt32(DecapsulationTests.inner.count))
    #expect(written.dropFirst().map(\.bytes) == Array(frames.dropFirst()))
  }

  @Test func twice() throws {
    let frames = [Self.fragments[0]] + Self.fragments
    let done = try Decapsulated(capture: DecapsulationTests.capture(frames))
    #expect(try done.frames().map(\.bytes) == [DecapsulationTests.inner])
    #expect(done.counts.duplicateFragments == 1)
  }

  /// A fragment whose others do not come keeps its place, and is given up when any later frame comes.
  @Test func orderOfTime() throws {
    let plain = DecapsulationTests.inner
    var pcap = PcapBytes(magic: 0xa1b2_3c4d)
    let (first, rest) = (Self.fragments[0], Self.fragments.dropFirst())
    for (second, frame) in [(10, first), (11, plain), (12, plain), (41, plain)] {
      pcap.append(seconds: UInt32(second), fraction: 0, frame)
    }
    // Half a minute too late for the first one.
    for frame in rest { pcap.append(seconds: 42, fraction: 0, frame) }
    let done = try Decapsulated(capture: pcap.bytes)
    let written = try done.frames()
    #expect(
      written.map { $0.time / 1_000_000_000 } == [10, 11, 12, 41] + rest.map { _ in Int64(42) })
    #expect(written.first?.bytes == Array(DecapsulationTests.inner.prefix(8)))
    #expect(done.counts.joinedPackets == 0)
    #expect(done.counts.incompletePackets == 2)
  }

  /// The outer packet's first fragment, told apart from others by its identification, and the last ones.
  private static func fragments(of packet: Int) -> (first: [UInt8], others: [[UInt8]]) {
    let parts = fragments.map { part in
      var part = part
      part[18] = UInt8(packet >> 8)
      part[19] = UInt8(packet & 0xff)
      return part
    }
    return (parts[0], Array(parts.dropFirst()))
  }

  /// Many packets stay incomplete while others are put together: each frame stands where its time says.
  @Test func orderAroundManyIncompletePackets() throws {
    var pcap = PcapBytes(magic: 0xa1b2_3c4d)
    var expected: [UInt32] = []
    for second: UInt32 in 0..<400 {
      let parts = Self.fragments(of: Int(second))
      switch second % 5 {
      case 0:
        pcap.append(seconds: second, fraction: 0, parts.first)
        expected.append(second)
      case 1:
        // Two seconds until all of them are there.
        pcap.append(seconds: second, fraction: 0, parts.first)
        pcap.append(seconds: second, fraction: 1, DecapsulationTests.inner)
        for part in parts.others { pcap.append(seconds: second + 2, fraction: 0, part) }
        expected += [second, second + 2]
      default:
        pcap.append(seconds: second, fraction: 2, DecapsulationTests.inner)
        expected.append(second)
      }
    }
    let done = try Decapsulated(capture: pcap.bytes)
    #expect(done.counts.incompletePackets == 80 && done.counts.joinedPackets == 80)
    #expect(
      try done.frames().map { UInt32($0.time / 1_000_000_000) } == expected.sorted())
  }

  /// More frames than are held back: none is lost, and memory does not grow with them.
  @Test func moreFramesThanAreHeldBack() throws {
    let large = DecapsulationTests.ethernet(
      DecapsulationTests.ipv4([UInt8](repeating: 7, count: 60_000), protocol: 253))
    var pcap = PcapBytes(magic: 0xa1b2_3c4d)
    pcap.append(seconds: 1, fraction: 0, Self.fragments[0])
    for number: UInt32 in 0..<700 { pcap.append(seconds: 2, fraction: number, large) }
    let done = try Decapsulated(capture: pcap.bytes)
    let times = try done.frames().map(\.time)
    #expect(times.count == 701)
    #expect(times.filter { $0 >= 2_000_000_000 } == (0..<700).map { 2_000_000_000 + $0 })
  }

  /// A frame without a time stays between the frames that it was captured between.
  @Test func aFrameWithoutATimeWaitsAsWell() throws {
    var pcapng = PcapngBytes()
    pcapng.section(.little)
    pcapng.interface()
    pcapng.enhancedPacket(timestamp: 1_000_000, Self.fragments[0])
    pcapng.enhancedPacket(timestamp: 2_000_000, DecapsulationTests.inner)
    let plain = DecapsulationTests.ethernet(DecapsulationTests.ipv4([1, 2, 3], protocol: 253))
    pcapng.simplePacket(plain, originalLength: UInt32(plain.count))
    for part in Self.fragments.dropFirst() { pcapng.enhancedPacket(timestamp: 3_000_000, part) }
    let done = try Decapsulated(capture: pcapng.bytes)
    let inner = DecapsulationTests.inner
    #expect(try done.frames().map(\.bytes) == [inner, plain, inner])
    #expect(done.counts.untimed == 1 && done.counts.dated == 0)
  }

  /// The fragments of a packet that have no time make one that has none either.
  @Test func withoutATime() throws {
    var pcapng = PcapngBytes()
    pcapng.section(.little)
    pcapng.interface()
    pcapng.enhancedPacket(timestamp: 100_000_000, DecapsulationTests.inner)
    let incomplete = Self.fragments(of: 1).first
    for part in Self.fragments + [incomplete] {
      pcapng.simplePacket(part, originalLength: UInt32(part.count))
    }
    pcapng.enhancedPacket(timestamp: 200_000_000, DecapsulationTests.inner)
    let done = try Decapsulated(capture: pcapng.bytes)
    #expect(done.counts.joinedPackets == 1 && done.counts.incompletePackets == 1)
    // The incomplete one was cut, which no simple packet block can say.
    #expect(done.counts.untimed == 2 && done.counts.dated == 1)
    let times = try done.tshark(["frame.number", "frame.time_epoch"]).map { $0["frame.time_epoch"] }
    #expect(times.filter { $0 == "" }.count == 1)
  }
}

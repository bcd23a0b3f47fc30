import Captures
import Decapsulation
import TestSupport
import Testing

/// Outer packets that came in fragments.
struct FragmentTests {
  private static let payload = DecapsulationTests.udp(
    DecapsulationTests.vxlan(DecapsulationTests.inner), to: 8472)

  /// Parts of 24 bytes of the outer packet's payload.
  private static let fragments = stride(from: 0, to: payload.count, by: 24).map { start in
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
}

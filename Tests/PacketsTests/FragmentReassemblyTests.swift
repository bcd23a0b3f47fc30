import TestSupport
import Testing

@testable import Packets

@Suite struct FragmentReassemblyTests {
  typealias Piece = Fragmenting.Piece

  static let inner = Build.ethernet(
    Build.ipv4(Build.tcp((0..<2000).map { UInt8($0 & 0xff) }), protocol: 6, timeToLive: 63))
  /// What the outer packet carries: UDP and VXLAN.
  static let payload = Build.udp(Build.vxlan(inner), destination: 8472)

  /// Every order of the fragments, and sizes down to one that cuts the inner headers apart.
  @Test(arguments: [8, 24, 48, 256, 1000, 1480], [4, 6])
  func whole(size: Int, version: Int) throws {
    var generator = SeededGenerator(state: UInt64(size))
    let pieces = Fragmenting.pieces(of: Self.payload.count, every: size)
    for round in 0..<4 {
      let order =
        round == 0 ? pieces : round == 1 ? pieces.reversed() : pieces.shuffled(using: &generator)
      var reassembly = FragmentReassembly()
      for (index, piece) in order.enumerated() {
        let frame =
          version == 4
          ? Fragmenting.version4(Self.payload, piece) : Fragmenting.version6(Self.payload, piece)
        let outcome = reassembly.add(frame, number: UInt64(piece.start / size + 1))
        #expect(outcome == (index == order.count - 1 ? .complete : .held))
      }
      #expect(reassembly.fragments.map(\.frameNumber) == Array(1...UInt64(pieces.count)))
      #expect(reassembly.released.isEmpty)
      let summary = try reassembly.decodedPacket()
      let direct = decoded(Build.tunnelled(Self.inner))
      #expect(summary.end == .complete)
      #expect(summary.tunnel.vni == 1)
      #expect(!summary.tunnel.isFragment)
      #expect(summary.tunnel.source.description == (version == 4 ? "192.168.0.1" : "2001:db8::1"))
      #expect(summary.identity == direct.identity)
      #expect(summary.transport.payloadLength == 2000)
      let offset = Int(summary.link.ethernetOffset)
      #expect(Array(reassembly.packet.extracting(droppingFirst: offset).array) == Self.inner)
      #expect(Int(reassembly.originalLength) == offset + Self.inner.count)
    }
  }

  @Test func headerOfTheWholePacket() {
    var reassembly = FragmentReassembly()
    for piece in Fragmenting.pieces(of: Self.payload.count, every: 1480) {
      _ = reassembly.add(Fragmenting.version4(Self.payload, piece))
    }
    let expected =
      hex("020000000001 020000000002 0800  45 00") + bigEndian16(20 + Self.payload.count)
      + hex("beef 0000 40 11 0000 c0a80001 c0a80002") + Self.payload
    #expect(reassembly.packet.array == expected)
  }

  /// GRE and IP in IP, in captures without a link header.
  @Test(arguments: [(47, "0000 0800"), (4, "")] as [(UInt8, String)])
  func otherTunnels(number: UInt8, header: String) throws {
    let payload = hex(header) + Self.inner.dropFirst(14)
    var reassembly = FragmentReassembly()
    var outcome = FragmentReassembly.Outcome.notFragment
    for piece in Fragmenting.pieces(of: payload.count, every: 1024) {
      let frame = Fragmenting.version4(payload, piece, protocol: number)
      outcome = reassembly.add(Array(frame.dropFirst(14)), linkType: 101)
    }
    #expect(outcome == .complete)
    let summary = try reassembly.decodedPacket(linkType: 101)
    #expect(summary.tunnel.depth == 1)
    #expect(summary.identity == decoded(Self.inner).identity)
  }

  /// Destination options behind the fragment header (RFC 8200, section 4.1) are in the first fragment only; later
  /// ones name them all the same.
  @Test(arguments: [60, 135] as [UInt8])
  func extensionHeaderInTheFragmentedPart(kind: UInt8) throws {
    let payload = hex("11 00 01 04 00 00 00 00") + Self.payload
    var reassembly = FragmentReassembly()
    let outcomes = Fragmenting.pieces(of: payload.count, every: 1024).map {
      reassembly.add(Fragmenting.version6(payload, $0, nextHeader: kind))
    }
    #expect(outcomes == [.held, .held, .complete])
    let summary = try reassembly.decodedPacket()
    #expect(summary.tunnel.vni == 1)
    #expect(summary.identity == decoded(Self.inner).identity)
  }

  /// Linux leaves out what does not fill a unit of eight octets of an IPv4 fragment before others.
  @Test func fragmentBetweenUnits() throws {
    var reassembly = FragmentReassembly()
    let odd = Piece(start: 0, count: 1027, isLast: false)
    #expect(reassembly.add(Fragmenting.version4(Self.payload, odd)) == .held)
    let rest = Piece(start: 1024, count: Self.payload.count - 1024, isLast: true)
    #expect(reassembly.add(Fragmenting.version4(Self.payload, rest)) == .complete)
    let offset = Int(try reassembly.decodedPacket().link.ethernetOffset)
    #expect(Array(reassembly.packet.extracting(droppingFirst: offset).array) == Self.inner)
  }

  /// The bytes end where the first cut fragment does; the lengths are the packet's.
  @Test func cutFragments() throws {
    var reassembly = FragmentReassembly()
    for piece in Fragmenting.pieces(of: Self.payload.count, every: 1480) {
      let frame = Fragmenting.version4(Self.payload, piece)
      _ = reassembly.add(Array(frame.prefix(200)), originalLength: frame.count)
    }
    #expect(reassembly.packet.byteCount == 200)
    let summary = try reassembly.decodedPacket()
    #expect(summary.end == .complete)
    #expect(summary.transport.payloadLength == 2000)
    #expect(summary.identity == decoded(Self.inner).identity)
    #expect(
      reassembly.fragments.map(\.originalLength) == [1514, UInt32(34 + Self.payload.count - 1480)])
  }

  @Test func duplicatesAreIgnored() {
    var reassembly = FragmentReassembly()
    let pieces = Fragmenting.pieces(of: Self.payload.count, every: 512)
    for (index, piece) in pieces.enumerated() {
      let isLast = index == pieces.count - 1
      #expect(
        reassembly.add(Fragmenting.version4(Self.payload, piece)) == (isLast ? .complete : .held))
      guard !isLast else { break }
      #expect(reassembly.add(Fragmenting.version4(Self.payload, piece)) == .duplicate)
      // Within two fragments that join.
      let start = max(0, piece.start - 256)
      let inside = Piece(start: start, count: piece.start + 512 - start, isLast: false)
      #expect(reassembly.add(Fragmenting.version4(Self.payload, inside)) == .duplicate)
    }
    #expect(reassembly.fragments.count == pieces.count)
    #expect(reassembly.contradictoryPackets == 0)
  }

  /// RFC 5722, section 4, and Linux for IPv4 alike: the packet is given up whole.
  @Test(arguments: [
    [(0, 512, false), (1024, 512, false), (504, 528, false)],
    [(0, 512, false), (504, 16, false)], [(512, 512, false), (0, 520, false)],
    // Ends that contradict each other: beyond the last, before others, two of them.
    [(0, 512, false), (1024, 100, true), (1024, 512, false)],
    [(0, 512, false), (1024, 512, false), (512, 100, true)],
    [(1024, 100, true), (1024, 104, true)],
  ])
  func contradictions(parts: [(Int, Int, Bool)]) {
    for version in [4, 6] {
      var reassembly = FragmentReassembly()
      for (index, part) in parts.enumerated() {
        let piece = Piece(start: part.0, count: part.1, isLast: part.2)
        let frame =
          version == 4
          ? Fragmenting.version4(Self.payload, piece) : Fragmenting.version6(Self.payload, piece)
        let outcome = reassembly.add(frame, number: UInt64(index + 1))
        #expect(outcome == (index == parts.count - 1 ? .notFragment : .held))
      }
      #expect(reassembly.released.map(\.frameNumber) == Array(1..<UInt64(parts.count)))
      #expect(reassembly.contradictoryPackets == 1)
      #expect(reassembly.incompletePackets == 0)
      reassembly.finish()
      #expect(reassembly.released.isEmpty)
    }
  }

  /// What no sender may send says nothing of its packet.
  @Test func impossibleFragments() {
    var reassembly = FragmentReassembly()
    let odd = Piece(start: 0, count: 513, isLast: false)
    #expect(reassembly.add(Fragmenting.version6(Self.payload, odd)) == .notFragment)
    let tiny = Piece(start: 0, count: 7, isLast: false)
    #expect(reassembly.add(Fragmenting.version4(Self.payload, tiny)) == .notFragment)
    let empty = Piece(start: 512, count: 0, isLast: true)
    #expect(reassembly.add(Fragmenting.version4(Self.payload, empty)) == .notFragment)
    let long = Array(repeating: UInt8(1), count: 65528)
    let beyond = Piece(start: 65520, count: 8, isLast: true)
    #expect(reassembly.add(Fragmenting.version4(long, beyond)) == .notFragment)
    reassembly.finish()
    #expect(reassembly.released.isEmpty)
  }

  /// The first fragment shows that nothing is encapsulated: nothing waits for it, or after it.
  @Test func plainDatagram() {
    let payload = Build.udp(Array(repeating: 1, count: 3000), destination: 5001)
    let frames = Fragmenting.pieces(of: payload.count, every: 1480).map {
      Fragmenting.version4(payload, $0)
    }
    var reassembly = FragmentReassembly()
    for frame in frames { #expect(reassembly.add(frame) == .notFragment) }
    #expect(reassembly.released.isEmpty)

    var reordered = FragmentReassembly()
    #expect(reordered.add(frames[2], number: 3) == .held)
    #expect(reordered.add(frames[0], number: 1) == .notFragment)
    #expect(reordered.released.map(\.frameNumber) == [3])
    #expect(reordered.released.map(\.bytes) == [frames[2]])
    #expect(reordered.add(frames[1], number: 2) == .notFragment)
    reordered.finish()
    #expect(reordered.released.isEmpty)
    #expect(reordered.incompletePackets == 0)
  }

  /// Identifications come round again.
  @Test func tunnelWithThePlainPacketsIdentification() {
    let payload = Build.udp(Array(repeating: 1, count: 3000), destination: 5001)
    var reassembly = FragmentReassembly()
    let pieces = Fragmenting.pieces(of: Self.payload.count, every: 1480)
    #expect(reassembly.add(Fragmenting.version4(payload, pieces[0])) == .notFragment)
    #expect(reassembly.add(Fragmenting.version4(Self.payload, pieces[0])) == .held)
    #expect(reassembly.add(Fragmenting.version4(Self.payload, pieces[1])) == .complete)
  }

  @Test func otherFramesAreNone() {
    var reassembly = FragmentReassembly()
    #expect(reassembly.add(Build.tunnelled(Self.inner)) == .notFragment)
    let icmp = Build.icmp(Array(repeating: 1, count: 2000))
    let first = Piece(start: 0, count: 1480, isLast: false)
    #expect(reassembly.add(Fragmenting.version4(icmp, first, protocol: 1)) == .notFragment)
    // An inner fragment is a packet of its own.
    let fragment = Build.ethernet(
      Build.ipv4(Array(repeating: 1, count: 800), protocol: 17, fragment: 0x2000))
    #expect(reassembly.add(Build.tunnelled(fragment)) == .notFragment)
    #expect(reassembly.add([]) == .notFragment)
  }

  @Test func packetsAreToldApart() {
    var reassembly = FragmentReassembly()
    let pieces = Fragmenting.pieces(of: Self.payload.count, every: 1480)
    func frame(_ index: Int, _ identification: Int) -> [UInt8] {
      Fragmenting.version4(Self.payload, pieces[index], identification: identification)
    }
    #expect(reassembly.add(frame(0, 1)) == .held)
    #expect(reassembly.add(frame(0, 2)) == .held)
    #expect(reassembly.add(frame(1, 3)) == .held)
    #expect(reassembly.add(frame(1, 2)) == .complete)
    #expect(reassembly.add(frame(1, 1)) == .complete)
    // The same frame on two interfaces of one capture.
    for index in [7, 8] as [UInt8] {
      let cooked = hex("0800 0000 000000") + [index] + hex("0001 04 06 0200000000020000")
      for (part, expected) in zip([0, 1], [FragmentReassembly.Outcome.held, .complete]) {
        let bytes = cooked + frame(part, 9).dropFirst(14)
        #expect(reassembly.add(bytes, linkType: 276) == expected)
      }
    }
    reassembly.finish()
    #expect(reassembly.released.count == 1)
    #expect(reassembly.incompletePackets == 1)
  }

  @Test func lateFragments() {
    var reassembly = FragmentReassembly()
    let pieces = Fragmenting.pieces(of: Self.payload.count, every: 1480)
    let first = Fragmenting.version4(Self.payload, pieces[0])
    let second = Fragmenting.version4(Self.payload, pieces[1])
    #expect(reassembly.add(first, time: 1_000, number: 1) == .held)
    #expect(reassembly.add(second, time: 30_000_001_000, number: 2) == .complete)
    #expect(reassembly.add(first, time: 0, number: 3) == .held)
    #expect(reassembly.add(second, time: 30_000_000_001, number: 4) == .held)
    #expect(reassembly.released.map(\.frameNumber) == [3])
    #expect(reassembly.incompletePackets == 1)
    // A clock that was set back gives up nothing.
    #expect(reassembly.add(first, time: -5_000_000_000, number: 5) == .complete)
  }

  /// Oldest first, and never more than the limit.
  @Test func memory() {
    var limits = FragmentReassembly.Limits()
    limits.memory = 64 << 10
    var reassembly = FragmentReassembly(limits: limits)
    let piece = Fragmenting.pieces(of: Self.payload.count, every: 1480)[0]
    var released: [UInt64] = []
    for number in 0..<1000 {
      let frame = Fragmenting.version4(Self.payload, piece, identification: number)
      #expect(reassembly.add(frame, number: UInt64(number)) == .held)
      released += reassembly.released.map(\.frameNumber)
    }
    #expect(released == Array(0..<UInt64(released.count)))
    #expect((20...40).contains(1000 - released.count))
    reassembly.finish()
    #expect(reassembly.released.count == 1000 - released.count)
    #expect(reassembly.incompletePackets == 1000)
    // Nor can packets without a tunnel fill it.
    let plain = Build.udp(Array(repeating: 1, count: 3000), destination: 5001)
    for number in 0..<10_000 {
      let frame = Fragmenting.version4(plain, piece, identification: number)
      #expect(reassembly.add(frame, number: UInt64(number)) == .notFragment)
    }
  }

  /// Every fragment that was held comes out exactly once, whatever the fragments say.
  @Test func nothingIsLost() {
    var generator = SeededGenerator(state: 9)
    for _ in 0..<200 {
      var limits = FragmentReassembly.Limits()
      limits.memory = Int.random(in: 1_000...20_000, using: &generator)
      limits.lifetime = 50
      var reassembly = FragmentReassembly(limits: limits)
      var held: Set<UInt64> = []
      var returned: [UInt64] = []
      for number in 0..<200 as Range<UInt64> {
        let start = 8 * Int.random(in: 0...20, using: &generator)
        let piece = Piece(
          start: start, count: 8 * Int.random(in: 0...20, using: &generator),
          isLast: Int.random(in: 0...3, using: &generator) == 0)
        var frame = Fragmenting.version4(
          Self.payload, piece, identification: Int.random(in: 0...3, using: &generator))
        if Bool.random(using: &generator) {
          let index = Int.random(in: 14..<frame.count, using: &generator)
          frame[index] = UInt8.random(in: 0...255, using: &generator)
        }
        let count = Int.random(in: 0...frame.count, using: &generator)
        let outcome = reassembly.add(
          Array(frame.prefix(max(count, frame.count - 60))), originalLength: frame.count,
          time: Int64(number), number: number)
        returned += reassembly.released.map(\.frameNumber)
        switch outcome {
        case .held: held.insert(number)
        case .complete:
          held.insert(number)
          returned += reassembly.fragments.map(\.frameNumber)
          #expect(reassembly.packet.byteCount <= Int(reassembly.originalLength))
        case .notFragment, .duplicate: break
        }
      }
      reassembly.finish()
      returned += reassembly.released.map(\.frameNumber)
      #expect(returned.count == held.count)
      #expect(Set(returned) == held)
    }
  }

  /// A plain datagram in three fragments, of another project.
  @Test(.enabled(if: SharedCaptures.arePresent, "\(SharedCaptures.skipReason)"))
  func sharedCapture() throws {
    let name = "negative/CESNET__FlowTest__ipv6-udp-fragmented.pcap"
    let entry = try #require(SharedCaptures.entries.first { $0.name == name })
    let capture = try #require(PcapFrames(path: entry.path))
    var reassembly = FragmentReassembly()
    for frame in capture.frames {
      #expect(
        reassembly.add(frame.bytes, originalLength: frame.originalLength) == .notFragment)
    }
    reassembly.finish()
    #expect(reassembly.released.isEmpty)
  }
}

import Packets
import Testing

@testable import Trajectories

/// Where datagrams over IPv6 lie, of which nothing but the payload tells units and fragments.
struct DatagramPositionTests {
  private var positions = DatagramPositions()
  private var recordings = RecordingTimes()

  /// `payload` stands for the digest of the first octets.
  private static func row(
    _ payload: UInt32, at point: UInt16, octets: UInt32, fragment: Range<UInt16>? = nil,
    of identification: UInt32 = 0, file: UInt16? = nil
  ) -> Observation {
    var row = Observation()
    row.traits.insert(.isIPv6)
    row.transportProtocol = 17
    row.source = IPAddress(high: 1, low: 1)
    row.destination = IPAddress(high: 1, low: 2)
    row.identity = UInt64(payload) << 32 | UInt64(octets) + 1
    row.sequence = payload
    row.payloadLength = octets
    row.length = octets + 48
    row.timeToLive = 64
    row.point = point
    row.file = file ?? point
    if let fragment {
      row.traits.insert(.isFragment)
      row.fragmentOffset = fragment.lowerBound
      row.fragmentIdentification = identification
      if fragment.lowerBound > 0 { row.sequence = 0 }
    }
    row.setHashes()
    return row
  }

  private mutating func place(_ row: Observation) -> Observation {
    var row = row
    positions.place(&row, recordings: recordings)
    return row
  }

  private func range(_ row: Observation, from first: Observation) -> Range<Int>? {
    PayloadSpace(positionsOf: first)?.range(of: row)
  }

  @Test mutating func segmentsLieInTheirUnit() {
    let unit = place(Self.row(10, at: 1, octets: 2_500))
    let next = place(Self.row(20, at: 1, octets: 1_500))
    let segments = [(10, 1_000), (11, 1_000), (12, 500), (20, 1_000), (21, 500)].map {
      place(Self.row($0.0, at: 2, octets: $0.1))
    }
    let ranges = [0..<1_000, 1_000..<2_000, 2_000..<2_500, 2_500..<3_500, 3_500..<4_000]
    #expect(segments.compactMap { range($0, from: unit) } == ranges)
    #expect(range(next, from: unit) == 2_500..<4_000)
    // Glued along other borders, with a segment lost.
    let glued = place(Self.row(11, at: 3, octets: 1_500))
    let last = place(Self.row(21, at: 3, octets: 500))
    #expect(range(glued, from: unit) == 1_000..<2_500)
    #expect(range(last, from: unit) == 3_500..<4_000)
  }

  @Test mutating func anEqualUnitIsAnother() {
    let first = place(Self.row(10, at: 1, octets: 2_500))
    #expect(place(Self.row(10, at: 1, octets: 2_500, file: 9)).sequence == first.sequence)
    #expect(place(Self.row(10, at: 2, octets: 2_500)).sequence == first.sequence)
    #expect(place(Self.row(10, at: 1, octets: 2_500)).sequence != first.sequence)
  }

  /// A file that goes on where another ends is no second capture: what both have came twice.
  @Test mutating func anEqualUnitInTheNextFileIsAnother() {
    for (file, span) in [(UInt16(1), Int64(0)...100), (9, 101...200)] {
      let times = RecordingTimes.Span(first: span.lowerBound, last: span.upperBound)
      recordings.add(RecordingTimes.Coverage(file: file, span: times), to: 1, of: 0)
    }
    var first = Self.row(10, at: 1, octets: 2_500)
    first.time = 90
    var again = Self.row(10, at: 1, octets: 2_500, file: 9)
    again.time = 110
    #expect(place(again).sequence != place(first).sequence)
  }

  /// Flows that ask the same have equal octets: that makes them no unit.
  @Test mutating func whatALinkCarriesHasNoPlaceByItself() {
    let first = place(Self.row(10, at: 1, octets: 500))
    let other = place(Self.row(10, at: 2, octets: 500))
    #expect(PayloadSpace(positionsOf: first) == nil && PayloadSpace(positionsOf: other) == nil)
  }

  /// Digests that fall into one row of the table: as many as it has places are remembered, the latest ones.
  @Test mutating func theLatestDatagramsAreRemembered() {
    let digests = (1...6).map { UInt32($0) << 16 | 5 }
    let units = digests.map { place(Self.row($0, at: 1, octets: 2_500)) }
    let seen = digests.reversed().map { place(Self.row($0, at: 2, octets: 2_500)) }
    #expect(seen.prefix(4).map(\.sequence) == units.reversed().prefix(4).map(\.sequence))
  }

  @Test mutating func fragmentsAreCutAnewUnderAnotherIdentification() {
    func cuts(_ identification: UInt32, at point: UInt16) -> [Observation] {
      [0..<1_200, 1_200..<1_900].map {
        Self.row(10, at: point, octets: UInt32($0.count), fragment: $0, of: identification)
      }
    }
    let first = cuts(77, at: 1).map { place($0) }
    let whole = place(Self.row(10, at: 2, octets: 1_892))
    let anew = cuts(78, at: 3).map { place($0) }
    #expect(first.map(\.identity) == anew.map(\.identity))
    #expect(Set((first + anew + [whole]).map(\.sequence)).count == 1)
    #expect(first[0].identity != first[1].identity)
    let space = PayloadSpace(payloadOf: whole)
    #expect(space?.range(of: whole) == 0..<1_900)
    #expect((first + anew).map { space?.range(of: $0) }.allSatisfy { $0 != nil })
    // Of a packet whose first fragment was seen nowhere, only the identification tells.
    let alone = place(
      Self.row(0, at: 1, octets: 700, fragment: 1_200..<1_900, of: 99))
    #expect(space?.range(of: alone) == nil)
  }
}

import Packets
import Trajectories

/// Two tunnel ends that send to each other in ways that neither takes (catalogue 11, 13): the wire shows it also
/// where no node was captured inside, so that no packet is seen to get lost.
enum TunnelPairRule {
  private static let codes: [FindingCode] = [.portMismatch, .vniMismatch, .vtepMACDuplicate]

  static func apply(_ book: inout Casebook) {
    let contradictions = TunnelPair.all(in: book.tunnels).flatMap(\.contradictions)
    // A network in which such packets are taken means it so: Cilium's VNIs tell who sends.
    let meant = Set(contradictions.filter(\.isTaken).map(\.code))
    // Lost packets have told better.
    let casebook = book
    let new = contradictions.filter { contradiction in
      !codes.contains { casebook.isTold($0, between: contradiction.way) }
    }
    for contradiction in new where !meant.contains(contradiction.code) {
      report(contradiction, &book)
    }
  }

  private static func report(_ contradiction: TunnelPair.Contradiction, _ book: inout Casebook) {
    let way = contradiction.way
    let nodes = (book.node(ofEnd: way.source), book.node(ofEnd: way.destination))
    let names = (
      nodes.0.map { book.nodeName(of: $0) } ?? way.source.description,
      nodes.1.map { book.nodeName(of: $0) } ?? way.destination.description
    )
    let finding = book.finding(
      contradiction.code, confidence: .medium, point: nil,
      direction: .init(source: nodes.0, destination: nodes.1), packets: 0, node: nodes.0,
      evidence: contradiction.facts.map(\.example),
      summary: "between \(names.0) and \(names.1) \(contradiction.words)")
    book.report(finding, of: way)
  }
}

/// What two tunnel ends send to each other.
struct TunnelPair {
  let way: TunnelEnds.Way
  let there: TunnelEnds.End
  let back: TunnelEnds.End
  /// What the ends were seen to take: that of `way`'s destination, then that of its source.
  let intakes: (there: TunnelEnds.Intake, back: TunnelEnds.Intake)
  /// Whether a connection of one of them was answered by the other.
  let isAnswered: Bool

  /// What the ends cannot both mean.
  struct Contradiction {
    let code: FindingCode
    let way: TunnelEnds.Way
    let facts: [TunnelEnds.Fact]
    /// Whether one of the ends takes it all the same.
    let isTaken: Bool
    let words: String
  }

  static func all(in tunnels: TunnelEnds) -> [TunnelPair] {
    tunnels.ways.sorted { $0.key < $1.key }.compactMap { way, there in
      guard way < way.reversed, let back = tunnels.ways[way.reversed] else { return nil }
      return TunnelPair(
        way: way, there: there, back: back,
        intakes: (
          tunnels.intakes[way.destination] ?? .init(), tunnels.intakes[way.source] ?? .init()
        ),
        isAnswered: tunnels.answered.contains(way) || tunnels.answered.contains(way.reversed))
    }
  }

  var contradictions: [Contradiction] {
    [
      difference(.portMismatch, \.ports, taken: \.ports) {
        "VXLAN goes to UDP port \($0) one way and to \($1) the other"
      },
      difference(.vniMismatch, \.vnis, taken: \.vnis) {
        "VXLAN has VNI \($0) one way and \($1) the other"
      },
      sharedMAC,
    ].compactMap(\.self)
  }

  /// Facts that no value is common to.
  private func difference(
    _ code: FindingCode, _ facts: (TunnelEnds.End) -> [TunnelEnds.Fact],
    taken: (TunnelEnds.Intake) -> Set<UInt64>,
    words: (_ there: String, _ back: String) -> String
  ) -> Contradiction? {
    let (there, back) = (facts(there), facts(back))
    let values = (Set(there.map(\.value)), Set(back.map(\.value)))
    guard let one = there.first, let other = back.first, values.0.isDisjoint(with: values.1) else {
      return nil
    }
    let isTaken =
      !taken(intakes.there).isDisjoint(with: values.0)
      || !taken(intakes.back).isDisjoint(with: values.1)
    return Contradiction(
      code: code, way: way, facts: [one, other], isTaken: isTaken || isAnswered,
      words: words(
        TunnelHeaderRule.list(values.0.sorted()), TunnelHeaderRule.list(values.1.sorted())))
  }

  /// A device takes nothing that comes from its own MAC address.
  private var sharedMAC: Contradiction? {
    let shared = there.macs.filter { mac in
      mac.value != 0 && back.macs.contains { $0.value == mac.value }
    }
    let values = Set(shared.map(\.value))
    guard !values.isEmpty else { return nil }
    let isTaken = [intakes.there, intakes.back].contains { !$0.senders.isDisjoint(with: values) }
    let list = TunnelHeaderRule.list(values.sorted()) { MACAddress(bits: $0).description }
    return Contradiction(
      code: .vtepMACDuplicate, way: way, facts: shared, isTaken: isTaken || isAnswered,
      words: "the VXLAN devices at both ends have the MAC address \(list)")
  }
}

extension TunnelEnds.Way: Comparable {
  static func < (one: Self, other: Self) -> Bool {
    (one.source, one.destination) < (other.source, other.destination)
  }
}

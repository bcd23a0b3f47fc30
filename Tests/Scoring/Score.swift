/// How far what was found agrees with the truth, packet by packet.
package struct Score: Sendable, CustomStringConvertible {
  /// A packet that was not found as it is.
  package struct Mistake: Sendable {
    package let problems: [String]
    package let truth: TruePacket
    package let found: FoundTrace?
  }

  /// What is compared; each includes those before it.
  package enum Depth: Comparable, Sendable {
    /// Which observations are one packet's.
    case observations
    /// Which of them are hops, their order, the outcome.
    case hops
    /// What the points are called.
    case points
  }

  package private(set) var packets = 0
  package private(set) var mistakes: [Mistake] = []
  /// Packets that are said to be ambiguous, and rightly are not judged one by one.
  package private(set) var ambiguous = 0
  /// Sorts of equal packets of which not as many were found as there are, whichever they are.
  package private(set) var miscounts: [String] = []
  /// Pairs of observations of one packet: that there are, that were found, and found rightly.
  private var pairs = (true: 0, found: 0, both: 0)

  /// - Parameter hasEquals: whether there are packets that cannot be told apart by construction. Of those that
  ///   are said to be ambiguous it only counts how many there are of each outcome.
  package init(
    of found: [FoundTrace], against truth: [TruePacket], depth: Depth = .points,
    hasEquals: Bool = false
  ) {
    var traceOfPlace: [Place: Int] = [:]
    for (index, trace) in found.enumerated() {
      for hop in trace.hops { traceOfPlace[hop.place] = index }
    }
    var firstTraces: [String: String] = [:]
    // Of equal packets that cannot be told apart nobody knows which carried the octets first.
    var unclearTraces: [String: Set<String?>] = [:]
    for packet in truth where packet.outcome == nil {
      guard let octets = packet.octets else { continue }
      let traces = packet.places.compactMap { traceOfPlace[$0] }.map { found[$0].id }
      unclearTraces[octets, default: [nil]].formUnion(traces)
    }
    let truth = hasEquals ? countAmbiguous(of: found, truth, traceOfPlace) : truth
    for packet in truth where !packet.observations.isEmpty && packet.outcome != nil {
      packets += 1
      let trace = traceOfPlace[packet.places[0]].map { found[$0] }
      var problems = Self.problems(of: packet, in: trace, depth: depth)
      if let octets = packet.octets, let trace, depth >= .hops {
        if packet.transmission == 0 { firstTraces[octets] = trace.id }
        let original = packet.transmission == 0 ? nil : firstTraces[octets]
        let mayBe = original == nil && packet.transmission != 0 ? unclearTraces[octets] : nil
        let isRight =
          mayBe?.contains(trace.retransmissionOf) ?? (trace.retransmissionOf == original)
        if !isRight { problems.append("retransmission") }
      }
      if !problems.isEmpty {
        mistakes.append(Mistake(problems: problems, truth: packet, found: trace))
      }
    }
    countPairs(of: hasEquals ? found.filter { !$0.isAmbiguous } : found, truth)
  }

  /// Of the pairs of observations that were joined, the share that are one packet's.
  package var precision: Double { Self.share(pairs.both, of: pairs.found) }
  /// Of the pairs of observations of one packet, the share that were joined.
  package var recall: Double { Self.share(pairs.both, of: pairs.true) }

  package var isPerfect: Bool {
    packets > 0 && mistakes.isEmpty && miscounts.isEmpty && precision == 1 && recall == 1
  }

  /// Counts the packets that are said to be ambiguous by sort and outcome, and returns the others. They are
  /// those whose first observation is in an ambiguous trace: where packets began, nothing is in doubt.
  private mutating func countAmbiguous(
    of found: [FoundTrace], _ truth: [TruePacket], _ traceOfPlace: [Place: Int]
  ) -> [TruePacket] {
    var counts: [String: (true: Int, found: Int)] = [:]
    let doubtful = truth.filter { packet in
      guard packet.outcome != nil, let first = packet.places.first else { return false }
      return traceOfPlace[first].map { found[$0].isAmbiguous } ?? false
    }
    for packet in doubtful {
      let words = "\(packet.likeness) \(packet.outcome ?? "") \(packet.last ?? "")"
      counts[words, default: (0, 0)].true += 1
      if let trace = packet.places.first.flatMap({ traceOfPlace[$0] }).map({ found[$0] }) {
        let words = "\(packet.likeness) \(trace.outcome ?? "") \(trace.lastSeen ?? "")"
        counts[words, default: (0, 0)].found += 1
      }
    }
    ambiguous = doubtful.count
    packets += doubtful.count
    miscounts = counts.filter { $0.value.true != $0.value.found }.map {
      "\($0.key): \($0.value.found) found, \($0.value.true) true"
    }.sorted()
    let places = Set(doubtful.flatMap(\.places))
    return truth.filter { !($0.places.first.map(places.contains) ?? false) }
  }

  private static func problems(
    of packet: TruePacket, in trace: FoundTrace?, depth: Depth
  ) -> [String] {
    guard let trace else { return ["not found"] }
    let places = packet.places
    guard Set(trace.hops.map(\.place)) == Set(places), trace.hops.count == places.count else {
      return ["observations"]
    }
    var problems: [String] = []
    if depth >= .hops { problems += hopProblems(of: packet, in: trace) }
    let points = Dictionary(
      packet.observations.map { (packet.place($0), $0.point) },
      uniquingKeysWith: { first, _ in first })
    if let found = trace.packet, packet.octets != nil,
      found.identification != packet.identification || found.sequence != packet.sequence
    {
      problems.append("numbers")
    }
    if depth >= .points && trace.hops.contains(where: { points[$0.place] != $0.point }) {
      problems.append("points")
    }
    if depth >= .points, let translations = trace.translations,
      translations != packet.translations
    {
      problems.append("translations")
    }
    return problems
  }

  private static func hopProblems(of packet: TruePacket, in trace: FoundTrace) -> [String] {
    var problems: [String] = []
    let packet = packet.withRecaptures(as: trace)
    let kinds = Dictionary(
      packet.observations.map { (packet.place($0), $0.kind) },
      uniquingKeysWith: { first, _ in first })
    if trace.hops.contains(where: { kinds[$0.place] != $0.kind }) { problems.append("kinds") }
    let frames = Dictionary(
      packet.observations.map { (packet.place($0), $0.frames) },
      uniquingKeysWith: { first, _ in first })
    if trace.hops.contains(where: { frames[$0.place] != $0.frames }) { problems.append("frames") }
    let path = packet.observations.filter { $0.kind == "path" }.map(packet.place)
    if trace.hops.filter({ $0.kind == "path" }).map(\.place) != path { problems.append("order") }
    if trace.outcome != packet.outcome { problems.append("outcome") }
    let last = trace.hops.first { $0.place == packet.lastPlace }
    if last?.point != trace.lastSeen { problems.append("last point") }
    return problems
  }

  private mutating func countPairs(of found: [FoundTrace], _ truth: [TruePacket]) {
    var packetOfPlace: [Place: Int] = [:]
    for (index, packet) in truth.enumerated() where packet.outcome != nil {
      pairs.true += Self.pairCount(packet.observations.count)
      for place in packet.places { packetOfPlace[place] = index }
    }
    for trace in found {
      let members = trace.hops.compactMap { packetOfPlace[$0.place] }
      pairs.found += Self.pairCount(members.count)
      for packet in Dictionary(grouping: members, by: \.self).values {
        pairs.both += Self.pairCount(packet.count)
      }
    }
  }

  private static func pairCount(_ count: Int) -> Int { count * (count - 1) / 2 }

  private static func share(_ part: Int, of whole: Int) -> Double {
    whole == 0 ? 1 : Double(part) / Double(whole)
  }

  /// The numbers, and the first few packets that are wrong.
  package var description: String { report(ofMistakes: 4) }

  /// The numbers, and so many of the packets that are wrong.
  package func report(ofMistakes limit: Int) -> String {
    var lines = ["\(packets) packets, precision \(precision), recall \(recall)"]
    let kinds = Dictionary(grouping: mistakes) { $0.problems.joined(separator: ", ") }
    for (problems, packets) in kinds.sorted(by: { $0.key < $1.key }) {
      lines.append("wrong \(problems): \(packets.count)")
    }
    if ambiguous > 0 { lines.append("ambiguous: \(ambiguous)") }
    lines += miscounts.prefix(8)
    lines += mistakes.prefix(limit).map(\.description)
    return lines.joined(separator: "\n")
  }
}

extension TruePacket {
  fileprivate var translations: Set<String> {
    Set((changes ?? []).map { "\($0.point) \($0.field) \($0.from) \($0.to)" })
  }
}

extension FoundTrace {
  /// Nil of a trajectory.
  fileprivate var translations: Set<String>? {
    guard hops.allSatisfy({ $0.changes != nil }) else { return nil }
    return Set(
      hops.flatMap { hop in
        (hop.changes ?? []).filter { TruePacket.Change.fields.contains($0.field) }.map {
          "\(hop.point) \($0.field) \($0.from ?? "") \($0.to ?? "")"
        }
      })
  }
}

extension Score.Mistake: CustomStringConvertible {
  package var description: String {
    let hops = truth.observations.map { "\($0.point) \(truth.place($0)) \($0.kind)" }
    let foundHops = found?.hops.map { "\($0.point) \($0.place) \($0.kind)" } ?? []
    return """
      \(truth.kind) \(truth.from) → \(truth.to): wrong \(problems.joined(separator: ", "))
        truth: \(truth.outcome ?? "unclear"), last \(truth.last ?? "unclear")
          \(hops.joined(separator: "\n      "))
        found: \(found?.outcome ?? "null"), last \(found?.lastSeen ?? "null")
          \(foundHops.joined(separator: "\n      "))
      """
  }
}

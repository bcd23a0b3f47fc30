import Packets
import Topology
import Trajectories

/// All that rules look at, and the findings that they made so far.
///
/// Rules run in the order of decision: one that explains lost packets marks them, so that the later,
/// more general ones leave them alone.
struct Casebook {
  let table: PointTable
  let evidence: PacketEvidence
  let passages: [Passage]
  let devices: Devices
  let tunnels: TunnelEnds
  let conversations: [Conversation]
  let curiosities: [Curiosities.Row]
  let queries: NameQueries
  let needlessRepeats: [RepeatedSegments.Repeat]
  let errors: [ReportedError]
  let surroundings: Surroundings
  private(set) var losses: [Loss]
  private(set) var findings: [Finding] = []
  /// Tunnel ends by their node and by the MAC addresses that they send with.
  let endsOfNode: [Int: [IPAddress]]
  let endsOfMAC: [UInt64: [IPAddress]]
  /// From which tunnel end to which one the packets of findings went, by the findings' codes.
  private var told: [FindingCode: Set<TunnelEnds.Way>] = [:]

  init(_ diagnosis: borrowing Diagnosis, surroundings: Surroundings) {
    table = surroundings.table
    evidence = surroundings.evidence
    passages = diagnosis.allPassages
    devices = diagnosis.devices
    tunnels = diagnosis.tunnels
    conversations = diagnosis.conversations.conversations()
    curiosities = diagnosis.curiosities.rows
    queries = diagnosis.queries
    needlessRepeats = diagnosis.repeats.needless()
    errors = surroundings.evidence.reportedErrors()
    losses = diagnosis.losses.rows
    self.surroundings = surroundings
    var endsOfNode: [Int: [IPAddress]] = [:]
    for end in diagnosis.tunnels.ends.keys {
      if let node = Self.node(ofEnd: end, diagnosis.devices, surroundings) {
        endsOfNode[node, default: []].append(end)
      }
    }
    self.endsOfNode = endsOfNode
    endsOfMAC = diagnosis.tunnels.endsByMAC()
  }

  /// The same said of packets of two directions is said once.
  mutating func report(_ finding: Finding) {
    // By index: `firstIndex` would copy each.
    let known = findings.indices.first {
      findings[$0].code == finding.code && findings[$0].point == finding.point
        && findings[$0].summary == finding.summary
    }
    guard let known else { return findings.append(finding) }
    findings[known].merge(finding)
  }

  /// Reports what happened to lost packets, and takes them off the list.
  mutating func report(_ finding: Finding, explaining group: LossGroup) {
    report(finding)
    for row in group.rows {
      losses[row].isExplained = true
      if let way = losses[row].key.way { told[finding.code, default: []].insert(way) }
    }
  }

  /// Reports what two tunnel ends send each other.
  mutating func report(_ finding: Finding, of way: TunnelEnds.Way) {
    report(finding)
    told[finding.code, default: []].insert(way)
  }

  /// Whether a finding was made of packets from one tunnel end to another.
  func isTold(_ code: FindingCode, of way: TunnelEnds.Way) -> Bool {
    told[code]?.contains(way) == true
  }

  /// The same of either direction.
  func isTold(_ code: FindingCode, between way: TunnelEnds.Way) -> Bool {
    isTold(code, of: way) || isTold(code, of: way.reversed)
  }
}

/// Lost packets of one direction that went missing between the same two points.
struct LossGroup {
  let from: UInt16
  let to: UInt16
  let direction: Finding.Direction
  let stages: Stages
  /// Indices into the casebook's losses.
  var rows: [Int] = []
  var count: UInt64 = 0
  /// Those of them that open a TCP connection.
  var openings: UInt64 = 0
  /// Those that a later point's own records do not prove.
  var inferred: UInt64 = 0
  var shortest = UInt32.max
  var longest: UInt32 = 0
  var examples: [FrameReference] = []

  fileprivate mutating func add(_ loss: Loss, row: Int) {
    rows.append(row)
    count += loss.count
    openings += loss.openings
    inferred += loss.inferred
    shortest = min(shortest, loss.shortest)
    longest = max(longest, loss.longest)
    examples += loss.examples.prefix(Loss.exampleLimit - examples.count)
  }
}

extension Casebook {
  /// The losses not explained yet for which a condition holds, by place and direction.
  func groups(where isMeant: (Loss, Stages) -> Bool) -> [LossGroup] {
    var groups: [LossGroup] = []
    for (row, loss) in losses.enumerated() where !loss.isExplained {
      let stages = stages(of: loss.key)
      guard isMeant(loss, stages) else { continue }
      let direction = direction(of: loss.key)
      let known = groups.firstIndex {
        $0.from == loss.key.from && $0.to == loss.key.to && $0.direction == direction
      }
      let index = known ?? groups.count
      if known == nil {
        groups.append(
          LossGroup(from: loss.key.from, to: loss.key.to, direction: direction, stages: stages))
      }
      groups[index].add(loss, row: row)
    }
    return groups
  }

  func stages(of key: LossKey) -> Stages {
    let (from, to) = (table[key.from], table[key.to])
    let isOutbound = from.role.distanceFromPod < to.role.distanceFromPod
    return Stages(from: from, to: to, isOutbound: isOutbound)
  }

  func direction(of key: LossKey) -> Finding.Direction {
    let from = table[key.from]
    let to = table[key.to]
    let isOutbound = from.role.distanceFromPod < to.role.distanceFromPod
    let isOneNode = from.node == to.node
    let first = table[key.firstPoint].node
    let isReceiving = isOneNode && !isOutbound
    let source =
      isReceiving && first == to.node
      ? surroundings.node(of: key.source) : first
    let isSending = isOneNode && isOutbound
    let destination =
      isSending
      ? surroundings.node(of: key.destination) ?? surroundings.node(of: key.firstDestination)
      : to.node
    return Finding.Direction(source: source, destination: destination)
  }

  /// Packets of a direction that crossed from one point straight to another.
  func crossings(of group: LossGroup) -> (count: UInt64, longest: UInt32) {
    var count: UInt64 = 0
    var longest: UInt32 = 0
    for row in passages.indices where passages[row].crosses(from: group.from, to: group.to) {
      let passage = passages[row]
      let end = table[passage.last].node
      let isElsewhere =
        end != table[group.from].node && group.direction.destination.map { $0 != end } ?? false
      if isElsewhere { continue }
      count += passage.count
      longest = max(longest, passage.longest)
    }
    return (count, longest)
  }

  /// Whether a node's routes lead an address to an interface.
  func isRouted(_ address: IPAddress, to interface: String, of node: Int) -> Bool {
    surroundings.snapshots[table.nodes[node]]?.route(to: address)?.nextHops
      .contains { $0.interface == interface } == true
  }

  func name(_ point: UInt16) -> String { table[point].name }
  func nodeName(_ point: UInt16) -> String { table[point].nodeName }
  func interface(_ point: UInt16) -> String { table[point].interface }
}

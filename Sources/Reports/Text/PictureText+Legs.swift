import Topology
import Trajectories

extension PictureText {
  private static let legLimit = 20

  /// The legs in the order of the way: out of a node, over the wire, into the next node.
  func legLines() -> [TextLine] {
    let all = statistics.legs.legs
    guard !all.isEmpty else { return [] }
    let shown = all.sorted { ($0.lost, $0.packets) > ($1.lost, $1.packets) }
      .prefix(Self.legLimit).sorted { place(of: $0) < place(of: $1) }
    let nameWidth = max(8, (width - 59) / 2)
    var table = TextTable([
      ("leg", .left), ("", .left), ("", .left), ("packets", .right), ("lost", .right),
      ("p50", .right), ("p99", .right), ("max", .right),
    ])
    for leg in shown {
      let isWire = !names.areOnOneNode(leg.from, leg.to)
      table.append(
        [
          .init(names.point(leg.from).shortened(to: nameWidth)), .init(isWire ? "═" : "→", .dim),
          .init(names.point(leg.to).shortened(to: nameWidth)),
          .init(TextNumbers.grouped(leg.packets)),
          .init(TextNumbers.grouped(leg.lost), leg.lost > 0 ? .bad : .plain),
        ] + delayCells(leg))
    }
    var lines = table.lines(hasColor: hasColor)
    if all.count > shown.count { lines.append(note("and \(all.count - shown.count) more legs")) }
    if shown.contains(where: { $0.delays == nil && $0.crossed > 0 }) {
      lines.append(clockNote())
    }
    return lines
  }

  func clockNote() -> TextLine {
    note("\(PacketText.unknownDelay): the clocks of two nodes could not be compared")
  }

  private func delayCells(_ leg: Leg) -> [TextTable.Cell] {
    guard let delays = leg.delays else {
      let cell = TextTable.Cell(leg.crossed > 0 ? PacketText.unknownDelay : "", .dim)
      return [cell, cell, cell]
    }
    return [delays.percentile(50), delays.percentile(99), delays.maximum].map {
      .init(TextTimes.duration($0))
    }
  }

  func note(_ text: String) -> TextLine {
    var line = TextLine(hasColor: hasColor)
    line.append("  " + text, .dim)
    return line
  }

  /// Orders legs along the way. Between two nodes one direction comes after the other; with more of
  /// them all ways out come first, then all ways in.
  private func place(of leg: Leg) -> LegPlace {
    let from = names.nodeOfPoint[Int(leg.from)]
    let to = names.nodeOfPoint[Int(leg.to)]
    let start = names.role(leg.from).depth
    let end = names.role(leg.to).depth
    var group = from
    var stage = 10
    if from == to && end > start {
      stage = start
    } else if from == to {
      group = names.nodes.count == 2 ? 1 - from : names.nodes.count + from
      stage = 20 - start
    }
    return LegPlace(
      group: group, stage: stage, from: names.point(leg.from), to: names.point(leg.to))
  }
}

/// A leg's place in the table.
private struct LegPlace: Comparable {
  let group: Int
  let stage: Int
  let from: String
  let to: String

  static func < (one: LegPlace, other: LegPlace) -> Bool {
    (one.group, one.stage, one.from, one.to) < (other.group, other.stage, other.from, other.to)
  }
}

extension InterfaceRole {
  /// How far from a pod towards the wire.
  fileprivate var depth: Int {
    switch self {
    case .pod: 0
    case .veth: 1
    case .bridge, .unknown: 2
    case .vtep: 3
    case .nic: 4
    }
  }
}

import Packets
import Trajectories

extension PictureText {
  private static let flowLimit = 10
  private static let quietFlowLimit = 5
  private static let pairLimit = 10

  /// Node pairs, if there are more than the two directions between two nodes.
  func pairLines() -> [TextLine] {
    let pairs = NodePair.pairs(of: statistics.flows.flows)
    guard names.nodes.count > 2, pairs.count > 1 else { return [] }
    var table = TextTable([("nodes", .left), ("packets", .right), ("lost", .right), ("", .right)])
    for pair in pairs.prefix(Self.pairLimit) {
      let source = names.nodes[Int(pair.source)]
      let destination = names.nodes[Int(pair.destination)]
      table.append(
        [
          .init(source == destination ? "within \(source)" : "\(source) → \(destination)"),
          .init(TextNumbers.grouped(pair.packets)),
        ] + lossCells(pair.lost, of: pair.packets))
    }
    table.fit(width: width, shortening: [0])
    var lines = table.lines(hasColor: hasColor)
    if pairs.count > Self.pairLimit {
      lines.append(note("and " + more(pairs.count - Self.pairLimit, "node pair")))
    }
    return lines
  }

  /// Flows with trouble, most packets lost first; the largest ones if there is no trouble.
  func flowLines() -> [TextLine] {
    let all = statistics.flows.flows
    let troubled = facts.isSinglePoint ? [] : all.filter(\.isTroubled)
    let candidates = troubled.isEmpty ? all : troubled
    let shown = candidates.sorted {
      ($0.lost, $0.partial, $0.packets) > ($1.lost, $1.partial, $1.packets)
    }
    .prefix(troubled.isEmpty ? Self.quietFlowLimit : Self.flowLimit)
    let hasLoss = shown.contains { $0.lost > 0 }
    let hasPartial = !troubled.isEmpty && shown.contains { $0.partial > 0 }
    let hasBytes = width >= 60
    var columns: [(String, TextTable.Alignment)] = [
      (troubled.isEmpty ? "flow" : "flow with trouble", .left), ("packets", .right),
    ]
    if hasBytes { columns.append(("bytes", .right)) }
    if hasLoss { columns += [("lost", .right), ("", .right)] }
    if hasPartial { columns.append(("partial", .right)) }
    var table = TextTable(columns)
    for flow in shown {
      var cells: [TextTable.Cell] = [
        .init(name(of: flow.key).text(), shortening: name(of: flow.key).text),
        .init(TextNumbers.grouped(flow.packets)),
      ]
      if hasBytes { cells.append(.init(TextNumbers.bytes(flow.bytes))) }
      if hasLoss { cells += lossCells(flow.lost, of: flow.packets) }
      if hasPartial { cells.append(.init(TextNumbers.grouped(flow.partial), .doubtful)) }
      table.append(cells)
    }
    table.fit(width: width, shortening: [0])
    var lines = table.lines(hasColor: hasColor)
    let hidden = candidates.count - shown.count
    if hidden > 0 {
      lines.append(note("and " + more(hidden, "flow") + (troubled.isEmpty ? "" : " with trouble")))
    }
    if statistics.flows.otherPackets > 0 {
      let count = TextNumbers.counted(statistics.flows.otherPackets, "packet")
      lines.append(note("\(count) of still more flows are not told apart"))
    }
    return lines
  }

  private func lossCells(_ lost: UInt64, of packets: UInt64) -> [TextTable.Cell] {
    [
      .init(TextNumbers.grouped(lost), lost > 0 ? .bad : .plain),
      .init(lost > 0 ? TextNumbers.percent(lost, of: packets) : "", .dim),
    ]
  }

  private func name(of key: FlowKey) -> FlowName {
    let hasPorts = key.sourcePort != 0 || key.destinationPort != 0
    func end(_ address: IPAddress, _ port: UInt16) -> FlowName.End {
      FlowName.End(
        name: names.addresses.name(of: address) ?? "",
        address: AddressNames.text(address, port: hasPorts ? port : nil))
    }
    return FlowName(
      transport: TextNames.transport(key.transportProtocol),
      ends: (
        end(key.source, key.sourcePort), end(key.destination, key.destinationPort)
      ))
  }
}

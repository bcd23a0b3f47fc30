import Packets
import Topology

/// The text of an answer: where the pod is, the points in a table, what leads there, what is wrong.
struct WhereText {
  private let answer: WhereAnswer
  private let hasColor: Bool
  private var path: PodPath { answer.path }

  init(_ answer: WhereAnswer, hasColor: Bool) {
    self.answer = answer
    self.hasColor = hasColor
  }

  var lines: [TextLine] {
    [heading] + points + entries + problems
  }

  // MARK: - Where

  private var heading: TextLine {
    var line = TextLine(hasColor: hasColor)
    line.append(path.address.description, .bold)
    if let name = answer.name { line.append(" " + TerminalText.escaped(name), .bold) }
    line.append(" " + place)
    return line
  }

  private var place: String {
    let node = TerminalText.escaped(answer.node)
    switch path.place {
    case .here:
      return path.isSeen ? "is on \(node)" : "ought to be on \(node), but is not seen there"
    case .node:
      return "is \(node)'s own address"
    case .unknown:
      return "is not to be found from \(node)"
    case .elsewhere:
      guard let home else { return "is not on \(node), and which node has it is not known" }
      return "is on \(home); \(node) sends to it \(transport)"
    }
  }

  /// `n2 (172.30.9.12)`, as far as it is known.
  private var home: String? {
    guard let remote = path.remote else { return path.remoteNode.map(TerminalText.escaped) }
    let name = (path.remoteNode ?? answer.addresses.names[remote]).map(TerminalText.escaped)
    return name.map { "\($0) (\(remote))" } ?? "the node at \(remote)"
  }

  private var transport: String {
    guard let vtep = path.point(.vtep)?.link else { return "without a tunnel" }
    return "by " + (vtep.tunnelWords ?? vtep.name)
  }

  // MARK: - Points

  private var points: [TextLine] {
    guard !path.points.isEmpty else { return [] }
    var table = TextTable([
      ("point", .left), (" role", .left), ("ifindex", .right), ("  MAC", .left), ("MTU", .right),
      ("", .left),
    ])
    for point in path.points {
      table.append([
        TextTable.Cell(TerminalText.escaped(answer.node + "/" + point.interface)),
        TextTable.Cell(" " + point.role.name),
        TextTable.Cell(String(point.link.index)),
        TextTable.Cell("  " + (point.link.mac?.description ?? "")),
        TextTable.Cell(point.link.mtu.map(String.init) ?? ""),
        TextTable.Cell(notes(on: point).map { "  " + $0 } ?? "", .dim),
      ])
    }
    return [TextLine(hasColor: hasColor)] + table.lines(hasColor: hasColor)
  }

  /// Addresses, and what is peculiar to the kind of interface.
  private func notes(on point: PathPoint) -> String? {
    var notes = point.addresses.filter {
      $0.address.isIPv4 == path.address.isIPv4 && !$0.address.isLinkLocal
    }.map { "\($0.address)/\($0.prefix.length)" }
    if let tunnel = point.link.tunnelWords { notes.append(tunnel) }
    if let namespace = point.namespace {
      if let name = namespace.name { notes.append("in namespace \(TerminalText.escaped(name))") }
      if let process = namespace.process { notes.append("process \(process)") }
    }
    return notes.isEmpty ? nil : notes.joined(separator: ", ")
  }

  // MARK: - What leads there

  private var entries: [TextLine] {
    var entries: [(String, String)] = []
    if let route = path.route, path.place != .node { entries.append(("route", route.words)) }
    if let neighbour = path.neighbour { entries.append(("neighbour", neighbour.words)) }
    for entry in path.forwardingEntries { entries.append(("FDB", entry.words)) }
    if let route = path.underlayRoute, route != path.route {
      entries.append(("underlay", route.words))
    }
    guard !entries.isEmpty else { return [] }
    return [TextLine(hasColor: hasColor)]
      + entries.map { title, words in
        var line = TextLine(hasColor: hasColor)
        line.append("  ")
        line.append(title, .dim)
        line.pad(to: 13)
        line.append(TerminalText.escaped(words))
        return line
      }
  }

  // MARK: - What is wrong

  private var problems: [TextLine] {
    guard !path.problems.isEmpty else { return [] }
    return [TextLine(hasColor: hasColor)] + path.problems.flatMap(lines(of:))
  }

  private func lines(of problem: PathProblem) -> [TextLine] {
    var line = TextLine(hasColor: hasColor)
    line.append("  ")
    let isError = problem.severity == .error
    line.append(isError ? "✗ " : "! ", isError ? .bad : .doubtful)
    line.append(TerminalText.escaped(problem.summary))
    guard !problem.advice.isEmpty else { return [line] }
    var advice = TextLine(hasColor: hasColor)
    advice.append("      check: ", .dim)
    advice.append(TerminalText.escaped(problem.advice.joined(separator: " · ")))
    return [line, advice]
  }
}

extension NetworkLink {
  /// `VXLAN 1, port 8472`; nil for what is no tunnel.
  fileprivate var tunnelWords: String? {
    switch kind {
    case .vxlan(let device):
      let port = device.port.map { ", port \($0)" } ?? ""
      return (device.vni.map { "VXLAN \($0)" } ?? "VXLAN") + port
    case .ipip:
      return "IP in IP"
    default:
      return nil
    }
  }
}

extension Route {
  fileprivate var words: String {
    let hops = nextHops.map { hop in
      (hop.gateway.map { " via \($0)" } ?? "") + (hop.interface.map { " dev \($0)" } ?? "")
    }
    let network = destination.length == 0 ? "default" : destination.description
    return (type == "unicast" ? "" : type + " ") + network + hops.joined(separator: ",")
  }
}

extension Neighbour {
  fileprivate var words: String {
    let states = states.joined(separator: ", ").lowercased()
    return "\(address) is \(mac?.description ?? "unknown") on \(interface), \(states)"
  }
}

extension ForwardingEntry {
  fileprivate var words: String {
    remote.map { "\(mac) on \(interface) → \($0)" } ?? "\(mac) at port \(interface)"
  }
}

package import Foundation
import Topology
package import Trajectories

/// A folder that the lab filled: captures, the nodes' tables, and the truth.
package struct LabFolder: Sendable {
  package let url: URL

  package init(_ url: URL) {
    self.url = url
  }

  /// Which of the captures are looked at, and what is known of the nodes beside them.
  package enum View: String, CaseIterable, Sendable {
    /// One file a point, and nothing else.
    case interfaces
    /// One file a point, with all tables of the nodes.
    case interfacesWithTables
    /// One file a node, with the names of its interfaces.
    case anyWithLinks
    /// One file a node, with all its tables.
    case anyWithTables
    /// One file a node, and nothing else: its points are numbers.
    case anyAlone

    /// What can be compared: without tables the points have other names.
    package var depth: Score.Depth { self == .anyAlone ? .hops : .points }

    private var isAny: Bool {
      switch self {
      case .interfaces, .interfacesWithTables: false
      case .anyWithLinks, .anyWithTables, .anyAlone: true
      }
    }

    fileprivate var truthFiles: [String] {
      isAny
        ? ["truth-any.jsonl", "truth-any-tcp-control.jsonl", "truth-any-ranges.jsonl"]
        : ["truth.jsonl", "truth-tcp-control.jsonl", "truth-ranges.jsonl"]
    }

    fileprivate func includes(capture name: String) -> Bool {
      name.hasSuffix(".pcap") && name.hasSuffix("-any.pcap") == isAny
    }

    /// `n1.link.json` holds links; there are others for addresses, routes and so on.
    fileprivate func includes(table name: String) -> Bool {
      switch self {
      case .interfaces, .anyAlone: false
      case .anyWithLinks: name.hasSuffix(".link.json")
      case .interfacesWithTables, .anyWithTables: name.split(separator: ".").count == 3
      }
    }
  }

  /// The captures as on the command line, in the order of their names: paths, with the point's name where
  /// a point was captured twice (`n1-cni0.again.pcap`).
  package func captures(_ view: View) throws -> [String] {
    try names().filter(view.includes(capture:)).map { name in
      let path = url.appending(path: name).path
      guard let point = name.range(of: ".again.pcap").map({ name[..<$0.lowerBound] }) else {
        return path
      }
      return point.split(separator: "-", maxSplits: 1).joined(separator: "/") + "=" + path
    }
  }

  /// The nodes' tables: name of the node and path of the file.
  package func tables(_ view: View) throws -> [(node: String, path: String)] {
    try names().filter { $0.hasSuffix(".json") && view.includes(table: $0) }.compactMap { name in
      name.split(separator: ".").first.map { (String($0), url.appending(path: name).path) }
    }
  }

  package func truth(_ view: View) throws -> [TruePacket] {
    // Only some scenarios have units that are cut or glued.
    let names = Set(try names())
    return try view.truthFiles.filter(names.contains).flatMap { name in
      try JSONLines.decode(TruePacket.self, from: Data(contentsOf: url.appending(path: name)))
    }
  }

  /// The traces that the program's own modules find.
  package func analyse(_ view: View) throws -> [FoundTrace] {
    try run(view).traces
  }

  package func run(
    _ view: View, options: AnalysisOptions = AnalysisOptions()
  ) throws -> TraceRun {
    var snapshots: [String: NodeSnapshot] = [:]
    for (node, path) in try tables(view) {
      let json = try Data(contentsOf: URL(filePath: path))
      try snapshots[node, default: NodeSnapshot()].add(json: json, source: path)
    }
    return try TraceRun(captures(view), snapshots: snapshots, options: options)
  }

  private func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: url.path).sorted()
  }
}

/// JSON Lines: one object a line.
package enum JSONLines {
  package static func decode<Value: Decodable>(_: Value.Type, from data: Data) throws -> [Value] {
    let decoder = JSONDecoder()
    return try data.split(separator: UInt8(ascii: "\n")).map {
      try decoder.decode(Value.self, from: Data($0))
    }
  }
}

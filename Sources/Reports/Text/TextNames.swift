import Packets
import Topology
import Trajectories

/// The names of points, nodes and files as a terminal may show them.
struct TextNames {
  private(set) var points: [String] = []
  private(set) var interfaces: [String] = []
  private(set) var nodes: [String] = []
  private(set) var nodeOfPoint: [Int] = []
  private(set) var roles: [InterfaceRole] = []
  /// Files by their last part where that is enough to tell them apart.
  let files: [String]
  let addresses: AddressNames

  init(files paths: [String], addresses: AddressNames = AddressNames()) {
    self.addresses = addresses
    let lastParts = paths.map { $0.split(separator: "/").last.map(String.init) ?? $0 }
    let areDistinct = Set(lastParts).count == paths.count
    files = (areDistinct ? lastParts : paths).map {
      $0 == "-" ? "standard input" : TerminalText.escaped($0)
    }
  }

  /// Takes in the points that the table has gained since.
  mutating func update(from table: borrowing PointTable) {
    guard table.points.count > points.count else { return }
    for point in table.points[points.count...] {
      points.append(TerminalText.escaped(point.name))
      interfaces.append(TerminalText.escaped(point.interface))
      nodeOfPoint.append(point.node)
      roles.append(point.role)
    }
    nodes = table.nodes.map(TerminalText.escaped)
  }

  func point(_ number: UInt16) -> String { points[Int(number)] }
  func interface(_ number: UInt16) -> String { interfaces[Int(number)] }
  func role(_ number: UInt16) -> InterfaceRole { roles[Int(number)] }
  func node(of point: UInt16) -> String { nodes[nodeOfPoint[Int(point)]] }
  func areOnOneNode(_ one: UInt16, _ other: UInt16) -> Bool {
    nodeOfPoint[Int(one)] == nodeOfPoint[Int(other)]
  }

  /// `n1-cni0.pcap frame 31`
  func frame(_ reference: FrameReference) -> String {
    files[Int(reference.file)] + " frame " + String(reference.frame)
  }

  /// `udp`, `icmp`, `protocol 89`
  static func transport(_ number: UInt8) -> String {
    TransportName.name(of: number).map { "\($0)" } ?? "protocol \(number)"
  }

  /// `UDP`, `ICMPv6`, `protocol 89`
  static func title(_ number: UInt8) -> String {
    switch number {
    case 47: "GRE"
    case 58: "ICMPv6"
    default: TransportName.name(of: number).map { "\($0)".uppercased() } ?? "protocol \(number)"
    }
  }

  /// `udp`, `icmp`, `89`
  static func protocolName(_ number: UInt8) -> String {
    TransportName.name(of: number).map { "\($0)" } ?? String(number)
  }
}

import Packets
import Topology
import Trajectories

/// The JSON text of names, made once for each point and file and copied from then on.
struct JSONNames {
  /// `"n1/ens5"` of each point.
  private(set) var points: [[UInt8]] = []
  /// The members of a hop from "point" to "role", and the key of "file".
  private(set) var hopPrefixes: [[UInt8]] = []
  /// `"n1-ens5.pcap"` of each file.
  let files: [[UInt8]]

  /// `vxlan` of each encapsulation, by its raw value.
  let encapsulations: [[UInt8]]

  /// `"default/web-0"` of each address that has a name.
  let addresses: [IPAddress: [UInt8]]

  init(files: [String], addresses: AddressNames) {
    self.addresses = addresses.names.mapValues(JSONText.quoted)
    self.files = files.map(JSONText.quoted)
    encapsulations = Encapsulation.allCases.sorted { $0.rawValue < $1.rawValue }
      .map { Array($0.name.utf8) }
  }

  /// Takes in the points that the table has gained since.
  @inline(__always)
  mutating func update(from table: borrowing PointTable) {
    if table.points.count > points.count { takePoints(of: table) }
  }

  private mutating func takePoints(of table: borrowing PointTable) {
    for point in table.points[points.count...] { append(point) }
  }

  private mutating func append(_ point: ObservationPoint) {
    let name = JSONText.quoted(point.name)
    points.append(name)
    var prefix = Array("\"point\":".utf8) + name
    prefix += Array(",\"node\":".utf8) + JSONText.quoted(point.nodeName)
    prefix += Array(",\"interface\":".utf8) + JSONText.quoted(point.interface)
    prefix += Array(",\"role\":\"\(point.role.name)\",\"file\":".utf8)
    hopPrefixes.append(prefix)
  }
}

import Scoring
import TestSupport
import Trajectories

/// Captures of two Flannel nodes with a pod each, in which every record was put by hand.
struct HandmadeNetwork {
  /// Where a packet from n1's pod to n2's is seen, in order, and its TTL there.
  static let path: [(point: String, timeToLive: UInt8)] = [
    ("n1/veth1", 64), ("n1/cni0", 64), ("n1/flannel.1", 63), ("n1/eth0", 63),
    ("n2/eth0", 63), ("n2/flannel.1", 63), ("n2/cni0", 62), ("n2/veth2", 62),
  ]
  static let points = path.map(\.point)

  /// Bytes of each frame that are kept.
  var snapshotLength = 262_144

  /// What was captured at each point; `time` is in microseconds.
  private var records: [String: [(time: UInt32, frame: [UInt8])]] = [:]

  /// Every point has a capture, if an empty one.
  init() {
    for point in Self.points { records[point] = [] }
  }

  /// Records a packet of n1's pod at a point, as it is there. `time` is in microseconds.
  mutating func record(
    _ packet: HandmadePacket, at point: String, time: UInt32, timeToLive: UInt8? = nil,
    reply: Bool = false
  ) {
    let place = reply ? Self.points.count - 1 - Self.index(point) : Self.index(point)
    let usual = Self.path[place].timeToLive
    let frame = Self.frame(
      packet, at: place, timeToLive: timeToLive ?? usual, from: reply ? 2 : 1, to: reply ? 1 : 2)
    records[point, default: []].append((time, frame))
  }

  /// Records a frame as it is. `time` is in microseconds.
  mutating func record(frame: [UInt8], at point: String, time: UInt32) {
    records[point, default: []].append((time, frame))
  }

  /// Points that have a capture, by name.
  var capturedPoints: [String] { records.keys.sorted() }

  /// The records of a point, in order of time.
  func records(of point: String) -> [(time: UInt32, frame: [UInt8])] {
    (records[point] ?? []).enumerated().sorted {
      ($0.element.time, $0.offset) < ($1.element.time, $1.offset)
    }.map(\.element)
  }

  /// The capture of a point, in order of time.
  func capture(of point: String) -> [UInt8] {
    var capture = PcapBytes()
    for (time, frame) in records(of: point) {
      capture.append(
        seconds: 1_700_000_000 + time / 1_000_000, fraction: time % 1_000_000,
        Array(frame.prefix(snapshotLength)), originalLength: UInt32(frame.count))
    }
    return capture.bytes
  }

  /// Records a packet at all points of its path, or those named, `step` microseconds apart.
  mutating func send(
    _ packet: HandmadePacket, at time: UInt32, through points: [String] = points,
    step: UInt32 = 10, reply: Bool = false
  ) {
    for (index, point) in (reply ? points.reversed() : points).enumerated() {
      record(packet, at: point, time: time + step * UInt32(index), reply: reply)
    }
  }

  /// A packet each way at the beginning and the end, which tell where the pods are and that all points
  /// were recording. `end` is in microseconds.
  mutating func sendOthers(beginning: Bool = true, end: UInt32? = 900_000) {
    let times = (beginning ? [UInt32(0)] : []) + (end.map { [$0] } ?? [])
    for (index, time) in times.enumerated() {
      var packet = HandmadePacket()
      packet.identification = 60_000 + 2 * UInt16(index)
      packet.payload = [UInt8]("not the packet of the test \(time)".utf8)
      send(packet, at: time)
      packet.identification += 1
      swap(&packet.source, &packet.destination)
      swap(&packet.sourcePort, &packet.destinationPort)
      send(packet, at: time + 1000, reply: true)
    }
  }

  mutating func remove(_ point: String) {
    records[point] = nil
  }

  /// Analyses the captures. `more` are further captures by the names of their points.
  func trace(
    more: [(point: String, bytes: [UInt8])] = [], options: AnalysisOptions = AnalysisOptions()
  ) throws -> TraceRun {
    let captures = records.keys.sorted().map { (point: $0, bytes: capture(of: $0)) } + more
    let files = try captures.map { (point: $0.point, file: try TemporaryFile($0.bytes)) }
    return withExtendedLifetime(files) {
      TraceRun(files.map { "\($0.point)=\($0.file.path)" }, options: options)
    }
  }

  private static func index(_ point: String) -> Int {
    // A node's other network card is as far on.
    points.firstIndex(of: point.replacing("eth1", with: "eth0")) ?? 0
  }

  /// The frame at a place of the path: plain, or in VXLAN on the wire (RFC 7348, section 5).
  private static func frame(
    _ packet: HandmadePacket, at place: Int, timeToLive: UInt8, from near: UInt8, to far: UInt8
  ) -> [UInt8] {
    let addresses: (sender: [UInt8], receiver: [UInt8]) =
      switch place {
      case 0, 1: (mac(near, 10), mac(near, 1))
      case 2...5: (mac(near, 2), mac(far, 2))
      default: (mac(far, 1), mac(far, 10))
      }
    let frame = packet.frame(
      from: addresses.sender, to: addresses.receiver, timeToLive: timeToLive)
    guard path[place].point.hasSuffix("eth0"), packet.isTunnelled else { return frame }
    var outer = HandmadePacket()
    outer.identification = packet.outerIdentification
    outer.source = [172, 30, 9, packet.outerSource ?? 10 + near]
    outer.destination = [172, 30, 9, 10 + far]
    outer.destinationPort = 8472
    outer.payload = [0x08, 0, 0, 0, 0, 0, 1, 0] + frame
    return outer.frame(from: mac(near, 3), to: mac(far, 3), timeToLive: 64)
  }

  /// MAC address of a node's device: 1 is the bridge, 2 the VTEP device, 3 the network card, others are pods'.
  static func mac(_ node: UInt8, _ device: UInt8) -> [UInt8] {
    [0x02, 0, 0, 0, node, device]
  }
}

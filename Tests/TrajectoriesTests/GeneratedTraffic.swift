import TestSupport

/// Traffic that a seed makes: datagrams and streams both ways, of which some packets are lost, translated, cut,
/// glued, sent again or equal to others.
struct GeneratedTraffic {
  private(set) var network = HandmadeNetwork()
  private var generator: SeededGenerator
  /// In microseconds.
  private var time: UInt32 = 10_000
  private var identification: UInt16 = 65_400
  private var sequence: UInt32 = 4_294_900_000

  private static let points = HandmadeNetwork.points
  private static let events = 120

  init(seed: UInt64) {
    generator = SeededGenerator(seed: seed)
    network.sendOthers(end: nil)
    for _ in 0..<Self.events {
      time += UInt32.random(in: 20...6_000, using: &generator)
      switch Int.random(in: 0..<10, using: &generator) {
      case 0...3: sendDatagram()
      case 4: sendToService()
      case 5...6: sendUnit()
      case 7: sendFragments()
      case 8: sendAgain()
      default: sendEqual()
      }
    }
    network.sendOthers(beginning: false, end: time + 20_000)
  }

  /// The captures by the names of their points.
  var captures: [GeneratedCapture] {
    network.capturedPoints.map { GeneratedCapture(point: $0, records: network.records(of: $0)) }
  }

  /// Where a packet gets lost, if it does: the points that it still crosses.
  private mutating func crossed() -> [String] {
    let isLost = Int.random(in: 0..<8, using: &generator) == 0
    return Array(
      Self.points.prefix(
        isLost ? Int.random(in: 1..<Self.points.count, using: &generator) : Self.points.count))
  }

  private mutating func step() -> UInt32 { UInt32.random(in: 0...30, using: &generator) }

  /// The first of so many identifications; they begin again at 1 in the midst of the traffic.
  private mutating func nextIdentification(_ count: Int = 1) -> UInt16 {
    if Int(UInt16.max - identification) < count { identification = 0 }
    defer { identification += UInt16(count) }
    return identification + 1
  }

  private mutating func packet(octets: Int = 40, segments: Int = 1) -> HandmadePacket {
    var packet = HandmadePacket(identification: nextIdentification(segments))
    packet.payload = (0..<octets).map { _ in UInt8.random(in: 0...255, using: &generator) }
    return packet
  }

  private mutating func sendDatagram() {
    var packet = packet()
    if Bool.random(using: &generator) { packet.identification = 0 }
    if Bool.random(using: &generator) {
      swap(&packet.source, &packet.destination)
      network.send(packet, at: time, step: step(), reply: true)
    } else {
      network.send(packet, at: time, through: crossed(), step: step())
    }
  }

  /// A service's address as far as the bridge.
  private mutating func sendToService() {
    var packet = packet()
    packet.sourcePort = 41_000
    packet.destinationPort = 9090
    let step = step()
    for (place, point) in crossed().enumerated() {
      var here = packet
      if place == 0 {
        here.destination = [10, 43, 0, 10]
        here.destinationPort = 90
      }
      network.record(here, at: point, time: time + step * UInt32(place))
    }
  }

  /// A unit of a stream, cut at the first NIC, of which segments get lost, glued on the far node.
  private mutating func sendUnit() {
    let octets = Int.random(in: 1_500...6_000, using: &generator)
    let cuts = stride(from: 0, to: octets, by: 1_000).map { $0..<min(octets, $0 + 1_000) }
    let whole = segment(octets: octets, segments: cuts.count)
    let lost = Bool.random(using: &generator) ? nil : cuts.indices.randomElement(using: &generator)
    for (place, point) in Self.points.enumerated() {
      let time = time + UInt32(place) * 40
      if place < 3 {
        network.record(whole, at: point, time: time)
        continue
      }
      for (number, cut) in cuts.enumerated() where number != lost || place == 3 {
        network.record(Self.part(cut, number, of: whole), at: point, time: time + UInt32(number))
      }
    }
  }

  private mutating func segment(octets: Int, segments: Int = 1) -> HandmadePacket {
    var packet = packet(octets: octets, segments: segments)
    packet.sequence = sequence
    sequence &+= UInt32(octets)
    return packet
  }

  private static func part(
    _ cut: Range<Int>, _ number: Int, of whole: HandmadePacket
  ) -> HandmadePacket {
    var part = whole
    part.identification &+= UInt16(number)
    part.sequence = whole.sequence.map { $0 &+ UInt32(cut.lowerBound) }
    part.payload = Array(whole.payload[cut])
    return part
  }

  /// Fragments that the bridge's node puts together and cuts anew.
  private mutating func sendFragments() {
    let whole = packet(octets: 3_400)
    let crossed = crossed()
    for (place, point) in crossed.enumerated() {
      let time = time + UInt32(place) * 40
      if point == "n1/cni0" {
        network.record(whole, at: point, time: time)
        continue
      }
      let cuts =
        place < 2 ? [0..<1400, 1400..<2800, 2800..<3408] : [0..<1200, 1200..<2400, 2400..<3408]
      for (number, cut) in cuts.enumerated() {
        var fragment = whole
        fragment.fragment = cut
        network.record(fragment, at: point, time: time + UInt32(number))
      }
    }
  }

  /// A segment that is lost, and sent again.
  private mutating func sendAgain() {
    var packet = segment(octets: 200)
    network.send(packet, at: time, through: crossed(), step: step())
    time += UInt32.random(in: 200...50_000, using: &generator)
    packet.identification = nextIdentification()
    network.send(packet, at: time, step: step())
  }

  /// Equal datagrams without identification, as retries are.
  private mutating func sendEqual() {
    var packet = packet()
    packet.identification = 0
    for _ in 0..<Int.random(in: 2...4, using: &generator) {
      time += UInt32.random(in: 100...100_000, using: &generator)
      network.send(packet, at: time, through: crossed(), step: step())
    }
  }
}

/// The records of one point, which become files.
struct GeneratedCapture {
  let point: String
  /// Times in microseconds.
  let records: [(time: UInt32, frame: [UInt8])]

  private static let start: UInt32 = 1_700_000_000

  /// The records of a range as a pcap file.
  func pcap(_ range: Range<Int>? = nil) -> [UInt8] {
    var capture = PcapBytes()
    for (time, frame) in records[range ?? records.indices] {
      capture.append(
        seconds: Self.start + time / 1_000_000, fraction: time % 1_000_000, frame,
        originalLength: UInt32(frame.count))
    }
    return capture.bytes
  }

  /// All records as a pcapng file, in microseconds as without an option.
  func pcapng() -> [UInt8] {
    var capture = PcapngBytes()
    capture.section(.little)
    capture.interface()
    for (time, frame) in records {
      capture.enhancedPacket(timestamp: UInt64(Self.start) * 1_000_000 + UInt64(time), frame)
    }
    return capture.bytes
  }
}

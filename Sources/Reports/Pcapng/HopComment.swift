import Packets
import Trajectories

/// What a pcapng's record says of a hop in words: which trace, where in it, what happened there.
struct HopComment {
  let names: TextNames

  /// `trace 0000000000000024, hop 4 of 4, +7 µs, in VXLAN 1, …, LOST after n2/eth0, expected at n1/eth0`
  func text(for index: Int, of trajectory: borrowing Trajectory) -> String {
    let hop = trajectory.hops[index]
    let previous = trajectory.hops[..<index].last { $0.kind == .path }
    var words = [
      "trace " + Self.identifier(trajectory.number),
      "hop \(index + 1) of \(trajectory.hops.count)",
    ]
    if index == 0, let ends = namedEnds(of: hop.observation) { words.append(ends) }
    if hop.kind == .path {
      if let previous { words.append(delay(of: hop, after: previous)) }
      words += ChangeWords(addresses: names.addresses).list(
        from: previous?.observation, to: hop.observation, part: trajectory.part)
    } else {
      words.append(hop.kind.title)
    }
    words += outerHeader(of: hop.observation)
    if index == trajectory.lastSeen { words += verdict(of: trajectory) }
    words.append(
      names.frame(FrameReference(file: hop.observation.file, frame: hop.observation.frame)))
    return words.joined(separator: ", ")
  }

  static func identifier(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// `default/web-0 10.42.1.2 → 10.42.2.2`; nil where no name is known beside the packet's own bytes.
  private func namedEnds(of row: Observation) -> String? {
    let addresses = names.addresses
    guard addresses.names[row.source] != nil || addresses.names[row.destination] != nil else {
      return nil
    }
    return "\(addresses.named(row.source)) → \(addresses.named(row.destination))"
  }

  private func delay(of hop: Hop, after previous: Hop) -> String {
    guard let delay = hop.delay else { return "delay unknown" }
    let isWire = !names.areOnOneNode(previous.observation.point, hop.observation.point)
    return TextTimes.delay(delay, error: isWire ? hop.delayError : nil)
  }

  private func outerHeader(of row: Observation) -> [String] {
    guard row.isEncapsulated else { return [] }
    let hasPorts = row.encapsulation.hasPorts
    let source = names.addresses.endpoint(
      row.tunnelSource, port: hasPorts ? row.tunnelSourcePort : nil)
    let destination = names.addresses.endpoint(
      row.tunnelDestination, port: hasPorts ? row.tunnelDestinationPort : nil)
    let identification = row.tunnelSource.isIPv4 ? " id \(row.tunnelIdentification)" : ""
    return ["outer \(source) → \(destination)\(identification)"]
  }

  private func verdict(of trajectory: borrowing Trajectory) -> [String] {
    let point = names.point(trajectory.hops[trajectory.lastSeen].observation.point)
    switch trajectory.outcome {
    case .complete: return ["complete"]
    case .lost:
      let next = trajectory.expectedNext.map { ", expected at " + names.point($0) } ?? ""
      return ["LOST after \(point)\(next)"]
    case .partial: return ["partial, seen until \(point)"]
    case .notJudged: return []
    }
  }
}

import Captures
import Topology
import Trajectories

/// Writes inner frames as pcapng: an interface for each point, in the order of the way.
final class FrameWriter {
  private var writer: CaptureWriter
  private var point: [UInt16: [(linkType: LinkType, number: Int)]] = [:]
  private var names: [UInt16: String] = [:]
  private var roles: [UInt16: String] = [:]

  init(sink: OutputSink) {
    writer = CaptureWriter(format: .pcapng, application: "vxhop") {
      sink.append($0)
      return !sink.isClosed
    }
  }

  /// Describes the points that are not yet; all that are known at once, so that they are in order.
  ///
  /// - Parameter isEthernet: whether plain frames are expected with their Ethernet header.
  func describe(_ points: borrowing PointTable, isEthernet: Bool) {
    guard points.points.count > names.count else { return }
    for number in PointOrder.ordered(points) where names[number] == nil {
      let known = points[number]
      names[number] = TerminalText.escaped(known.name)
      roles[number] = known.role.name
      // What leaves a tunnel has an Ethernet header again.
      _ = interface(of: number, isEthernet || known.role == .nic ? .ethernet : .rawIP)
    }
  }

  func write(
    _ frame: borrowing FrameArchive.InnerFrame, of point: UInt16, time: Int64, packet: UInt64,
    comment: [UInt8]
  ) {
    let interface = interface(of: point, frame.linkType)
    writer.append(
      frame.bytes, time: time, originalLength: frame.originalLength, interface: interface,
      options: WrittenOptions(packetIdentifier: packet), comment: unsafe comment.span.bytes)
  }

  func flush() { writer.flush() }

  /// The interface of a point; a second one where its frames are of two link types.
  private func interface(of number: UInt16, _ linkType: LinkType) -> Int {
    if let known = point[number]?.first(where: { $0.linkType == linkType }) { return known.number }
    let interface = writer.addInterface(
      WrittenInterface(linkType: linkType, name: names[number], description: roles[number]))
    point[number, default: []].append((linkType, interface))
    return interface
  }
}

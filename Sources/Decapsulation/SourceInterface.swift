import Captures
import Packets
import Topology

/// An interface of an input: decodes its records, and puts outer fragments together.
struct SourceInterface {
  private let linkType: LinkType
  private let description: String?
  private let name: PointName
  private let file: Int
  /// Whether the node is named by more than the name of a file.
  private let hasNode: Bool
  /// The first strips as many tunnels as are asked for, the others 1, 2, … of them, for what is said of them. None for
  /// a link type that is not supported.
  private let decoders: [PacketDecoder]
  private var reassembly: FragmentReassembly
  private var summary = PacketSummary()
  /// Numbers of the frames held as fragments that have no time.
  private var untimedFragments: Set<UInt64> = []
  /// Points of the output by LINUX_SLL2's interface index, else by 0.
  private var points: [(interfaceIndex: UInt32, point: Int)] = []
  /// The one of them that was asked for last.
  private var lastPoint: (interfaceIndex: UInt32, point: Int)?
  /// Of its records, in nanoseconds since 1970.
  private var lastTime: Int64 = 0

  init(
    _ interface: CaptureInterface, name: PointName, hasNode: Bool, description: String?, file: Int,
    options: DecapsulationOptions
  ) {
    linkType = interface.linkType
    self.description = description
    self.name = name
    self.file = file
    self.hasNode = hasNode
    reassembly = FragmentReassembly(limits: options.fragmentLimits)
    let depths =
      [options.decoding.maximumTunnelDepth] + (1..<max(1, options.decoding.maximumTunnelDepth))
    decoders = depths.compactMap {
      var decoding = options.decoding
      decoding.maximumTunnelDepth = $0
      return PacketDecoder(linkType: interface.linkType.rawValue, options: decoding)
    }
  }

  /// Makes the interface's point, if it is but one.
  mutating func addPoint(to output: inout FrameOutput) {
    if linkType == .linuxCooked2 { return }
    let point = self.point(interfaceIndex: 0, in: &output)
    if linkType == .ethernet { output.describe(point, linkType: .ethernet) }
  }

  /// When the first fragment came that is still held, nanoseconds since 1970; nil without any.
  mutating func earliestFragment() -> Int64? { reassembly.earliest() }

  /// Takes a record; true if it may be a fragment.
  ///
  /// - Parameter time: the record's, or that of the one before it if it has none.
  @inline(__always)
  mutating func take(
    _ record: borrowing CaptureRecord, at time: Int64, hasTime: Bool, into output: inout FrameOutput
  ) -> Bool {
    output.counts.read += 1
    lastTime = max(lastTime, time)
    guard !decoders.isEmpty else {
      let frame = frame(record, time, hasTime, at: point(interfaceIndex: 0, in: &output))
      output.passUnsupported(frame)
      return false
    }
    // Not taken out of their list, which would be a copy for each record.
    if decoders[0].isEthernet,
      let packet = decoders[0].usualPacket(
        in: record.bytes, originalLength: record.originalLength),
      decoders[0].usualTransport(of: packet) != nil
    {
      let frame = frame(record, time, hasTime, at: point(interfaceIndex: 0, in: &output))
      output.takeUsual(frame, packet)
      return false
    }
    decoders[0].decode(record.bytes, originalLength: record.originalLength, into: &summary)
    let interfaceIndex = summary.link.interfaceIndex
    let frame = frame(record, time, hasTime, at: point(interfaceIndex: interfaceIndex, in: &output))
    guard summary.mayBeOuterFragment else {
      hand(frame, to: &output)
      return false
    }
    takeFragment(frame, into: &output)
    return true
  }

  @inline(__always)
  @_lifetime(copy record)
  private func frame(
    _ record: borrowing CaptureRecord, _ time: Int64, _ hasTime: Bool, at point: Int
  ) -> CapturedFrame {
    CapturedFrame(
      record.bytes, time: time, hasTime: hasTime, originalLength: record.originalLength,
      number: record.frame, file: file, linkType: linkType, point: point)
  }

  /// Gives up fragments whose others have not come in time.
  mutating func expireFragments(at time: Int64, into output: inout FrameOutput) {
    reassembly.expire(at: time)
    handReleased(to: &output)
  }

  /// Gives up what is held, and hands on the interface's statistics.
  mutating func finish(_ interface: CaptureInterface, into output: inout FrameOutput) {
    reassembly.finish()
    handReleased(to: &output)
    output.counts.incompletePackets += UInt64(reassembly.incompletePackets)
    output.counts.contradictoryPackets += UInt64(reassembly.contradictoryPackets)
    output.addStatistics(of: interface, to: points.map(\.point), lastTime: lastTime)
  }

  // MARK: - Fragments

  private mutating func takeFragment(
    _ frame: borrowing CapturedFrame, into output: inout FrameOutput
  ) {
    let own = summary
    let outcome = reassembly.add(
      frame: frame.bytes, summary: own, time: frame.time, frameNumber: frame.number)
    handReleased(to: &output)
    switch outcome {
    case .notFragment:
      summary = own
      hand(frame, to: &output)
    case .held: noteTime(of: frame)
    case .duplicate: output.counts.duplicateFragments += 1
    case .complete: takeReassembled(by: frame, into: &output)
    }
  }

  /// A packet is there when its last fragment is.
  private mutating func takeReassembled(
    by last: borrowing CapturedFrame, into output: inout FrameOutput
  ) {
    guard let decoder = decoders.first, let first = reassembly.fragments.first else { return }
    noteTime(of: last)
    var whole = PacketSummary()
    decoder.decode(reassembly.packet, originalLength: reassembly.originalLength, into: &whole)
    summary = whole
    guard summary.tunnel.depth > 0 else {
      // No tunnel after all: the fragments pass as they came.
      for held in reassembly.fragments { hand(held, at: last.point, to: &output) }
      return
    }
    if !untimedFragments.isEmpty {
      for held in reassembly.fragments { untimedFragments.remove(held.frameNumber) }
    }
    let count = reassembly.fragments.count
    output.counts.joinedFragments += UInt64(count)
    output.counts.joinedPackets += 1
    let frame = CapturedFrame(
      reassembly.packet, time: last.time, hasTime: last.hasTime,
      originalLength: reassembly.originalLength, number: first.frameNumber, file: file,
      linkType: linkType, point: last.point, fragmentCount: count)
    noteOuterTunnels(of: frame, in: &output)
    output.take(frame, summary)
  }

  private mutating func noteTime(of fragment: borrowing CapturedFrame) {
    if !fragment.hasTime { untimedFragments.insert(fragment.number) }
  }

  private mutating func handReleased(to output: inout FrameOutput) {
    for held in reassembly.released {
      hand(
        held, at: point(interfaceIndex: held.summary.link.interfaceIndex, in: &output),
        to: &output)
    }
  }

  private mutating func hand(
    _ held: HeldFragment, at point: Int, to output: inout FrameOutput
  ) {
    summary = held.summary
    let hasTime = untimedFragments.isEmpty || untimedFragments.remove(held.frameNumber) == nil
    let frame = CapturedFrame(
      unsafe held.bytes.span.bytes, time: held.time, hasTime: hasTime,
      originalLength: held.originalLength, number: held.frameNumber, file: file,
      linkType: linkType, point: point)
    hand(frame, to: &output)
  }

  // MARK: - Output

  /// Hands on a frame that `summary` is of.
  @inline(__always)
  private func hand(_ frame: borrowing CapturedFrame, to output: inout FrameOutput) {
    noteOuterTunnels(of: frame, in: &output)
    output.take(frame, summary)
  }

  /// Tells of the tunnels around the innermost one, outermost first.
  @inline(__always)
  private func noteOuterTunnels(
    of frame: borrowing CapturedFrame, in output: inout FrameOutput
  ) {
    guard summary.tunnel.depth > 1 else { return }
    var outer = PacketSummary()
    for decoder in decoders.dropFirst().prefix(Int(summary.tunnel.depth) - 1) {
      decoder.decode(frame.bytes, originalLength: frame.originalLength, into: &outer)
      output.outerTunnels.append(outer.tunnel)
    }
  }

  @inline(__always)
  private mutating func point(interfaceIndex: UInt32, in output: inout FrameOutput) -> Int {
    if let lastPoint, lastPoint.interfaceIndex == interfaceIndex { return lastPoint.point }
    return otherPoint(interfaceIndex: interfaceIndex, in: &output)
  }

  @inline(never)
  private mutating func otherPoint(interfaceIndex: UInt32, in output: inout FrameOutput) -> Int {
    let known = points.first { $0.interfaceIndex == interfaceIndex }?.point
    let point = known ?? addPoint(interfaceIndex, to: &output)
    lastPoint = (interfaceIndex, point)
    return point
  }

  private mutating func addPoint(_ interfaceIndex: UInt32, to output: inout FrameOutput) -> Int {
    // A name that was guessed may mislead: the file's is in the description.
    let unknown = hasNode ? PointNaming.unnamedInterface : nil
    let known = name.warning == nil ? name.interface ?? unknown : nil
    let interface = interfaceIndex == 0 ? known : PointNaming.numbered(interfaceIndex)
    let point = output.addPoint(
      name: interface.map { "\(name.node)/\($0)" }, description: description)
    points.append((interfaceIndex, point))
    return point
  }
}
